import { z } from 'zod';
import { SendFailure } from '../../src/http/sender';
import type { SendFailureCode } from '../../src/http/sender';
import {
  failureOfSend,
  parseJsonReply,
  printableToken,
  readHttpDate,
  retryAfterMs,
} from '../../src/providers/send-classification';

describe('the failure of a send', () => {
  const cases: readonly [SendFailureCode, boolean, string, string][] = [
    ['not_reachable', false, 'none', 'not_reachable'],
    ['not_reachable', true, 'unknown', 'connection_lost'],
    ['tls_refused', false, 'none', 'not_reachable'],
    ['tls_refused', true, 'unknown', 'connection_lost'],
    ['forbidden', false, 'none', 'not_sent'],
    ['forbidden', true, 'unknown', 'interrupted'],
    ['aborted', false, 'none', 'not_sent'],
    ['aborted', true, 'unknown', 'interrupted'],
    ['timeout', false, 'none', 'not_reachable'],
    ['timeout', true, 'unknown', 'timeout'],
    ['connection_lost', false, 'none', 'not_reachable'],
    ['connection_lost', true, 'unknown', 'connection_lost'],
    ['reply_too_large', false, 'none', 'not_reachable'],
    ['reply_too_large', true, 'unknown', 'unreadable_reply'],
  ];
  test.each(cases)('%s, written %s: effect %s, code %s', (code, written, effect, failure) => {
    expect(failureOfSend(new SendFailure(code, written))).toEqual({ effect, code: failure });
  });

  it('throws anything else again, because it is a bug', () => {
    const bug = new TypeError('bug');
    expect(() => failureOfSend(bug)).toThrow(bug);
    expect(() => failureOfSend('text')).toThrow('text');
  });
});

describe('Retry-After', () => {
  const now = Date.parse('1994-11-06T08:49:37Z');
  test.each([
    ['5', 5000],
    [' 5 ', 5000],
    ['0', 0],
    ['999999999', 86_400_000],
    ['Sun, 06 Nov 1994 08:50:37 GMT', 60_000],
    ['Sun, 06 Nov 1994 08:40:00 GMT', 0],
    ['Mon, 07 Nov 2094 08:40:00 GMT', 86_400_000],
  ])('reads %j', (value, expected) => {
    expect(retryAfterMs({ headers: { 'retry-after': value } }, now)).toBe(expected);
  });

  test.each([
    '',
    '-1',
    '1.5',
    '1e9',
    'soon',
    '5, 5',
    '1994-11-06',
    '06 Nov 1994 08:49:37',
    '99999999999',
    'NaN',
  ])('takes no notice of %j', (value) => {
    expect(retryAfterMs({ headers: { 'retry-after': value } }, now)).toBeUndefined();
  });

  it('measures a date by the provider’s own clock, where the reply shows it', () => {
    const headers = { 'retry-after': 'Sun, 06 Nov 1994 08:50:37 GMT', date: 'Sun, 06 Nov 1994 08:50:07 GMT' };
    expect(retryAfterMs({ headers }, now)).toBe(30_000);
    expect(retryAfterMs({ headers: { ...headers, date: 'soon' } }, now)).toBe(60_000);
  });

  it('is undefined when there is none', () => {
    expect(retryAfterMs({ headers: {} }, now)).toBeUndefined();
  });

  it('refuses impossible dates', () => {
    expect(readHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(now);
    expect(readHttpDate('Sun, 99 Nov 1994 08:49:37 GMT')).toBeUndefined();
    expect(readHttpDate(undefined)).toBeUndefined();
  });
});

describe('a printable token', () => {
  test.each([
    ['pending', 'pending'],
    ['PENDING_2.a:b-c', 'PENDING_2.a:b-c'],
    ['a b\n"c"', 'a_b__c_'],
    ['успех', '_____'],
    ['', ''],
  ])('%j is %j', (text, token) => {
    expect(printableToken(text)).toBe(token);
  });

  it('is cut', () => {
    expect(printableToken('x'.repeat(100))).toHaveLength(40);
    expect(printableToken('x'.repeat(100), 8)).toHaveLength(8);
  });
});

describe('a JSON reply', () => {
  const schema = z.object({ id: z.string() });

  it('is read leniently about unknown members', () => {
    expect(parseJsonReply({ body: '{"id":"1","more":true}' }, schema)).toEqual({
      ok: true,
      value: { id: '1' },
    });
  });

  it('drops a __proto__ member', () => {
    const reply = parseJsonReply({ body: '{"id":"1","__proto__":{"polluted":true}}' }, schema);
    expect(reply).toEqual({ ok: true, value: { id: '1' } });
    expect(reply.ok && 'polluted' in reply.value).toBe(false);
  });

  test.each([
    '',
    '{',
    'null',
    '"id"',
    '{"id":1}',
    '{}',
    '<html>',
    '{"id":"1"',
    '{"id":"1"}{"id":"1"}',
    '['.repeat(200_000),
  ])('is refused: %#', (body) => {
    expect(parseJsonReply({ body }, schema)).toEqual({ ok: false });
  });
});
