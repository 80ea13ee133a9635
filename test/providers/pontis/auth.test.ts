import type { Correction } from '../../../src/providers/pontis/auth';
import {
  clockOffset,
  isSignature,
  nextCorrection,
  signatureOf,
  signedHeaders,
} from '../../../src/providers/pontis/auth';
import { hmacKey, json, refusal, startOf2025 } from './pontis-account';

const vector = '30e60c6f05991c99f47fd70b59bc3b7beac52339ca01441d5f8508e219cf76cf';

describe('the signature', () => {
  it('equals the vector byte for byte', () => {
    expect(signatureOf('1735689600', 'a:b:c', hmacKey)).toBe(vector);
  });

  it('is made with the decoded secret, not with its text', () => {
    const asText = Buffer.from(hmacKey.toString('base64url'));
    expect(signatureOf('1735689600', 'a:b:c', asText)).not.toBe(vector);
  });

  it.each([
    ['another second', '1735689601', 'a:b:c'],
    ['another blob', '1735689600', 'a:b:d'],
    ['a moved separator', '1735689600.a', 'b:c'],
  ])('differs for %s', (_, timestamp, content) => {
    expect(signatureOf(timestamp, content, hmacKey)).not.toBe(vector);
  });

  it('is recognised in any case of its digits', () => {
    expect(isSignature(vector, vector)).toBe(true);
    expect(isSignature(vector.toUpperCase(), vector)).toBe(true);
  });

  it.each(['', vector.slice(1), `${vector}0`, vector.replace('3', '4'), 'é'.repeat(32)])(
    'is not taken for another (%#)',
    (signature) => {
      expect(isSignature(signature, vector)).toBe(false);
    },
  );
});

describe('the signed headers', () => {
  const input = { apiKey: 'k', hmacKey, blob: 'a:b:c', at: startOf2025 + 999 };

  it('carry whole seconds, and no token at a login', () => {
    expect(signedHeaders(input)).toEqual({
      'content-type': 'application/json',
      'x-api-key': 'k',
      'x-timestamp': '1735689600',
      'x-signature': vector,
    });
  });

  it('carry the token of the others', () => {
    expect(signedHeaders({ ...input, token: 't' })).toMatchObject({ authorization: 'Bearer t' });
  });
});

describe('what follows a 401', () => {
  const both: readonly Correction[] = ['log-in-again', 'sign-again'];
  const minute = 60_000;
  const cases: readonly [string | null, readonly Correction[], number | undefined, Correction | undefined][] =
    [
      ['jwt_expired', both, 0, 'log-in-again'],
      ['jwt_expired', both, 10 * minute, 'log-in-again'],
      ['jwt_expired', ['sign-again'], 10 * minute, undefined],
      ['unauthorized', both, 0, 'log-in-again'],
      ['unauthorized', both, undefined, 'log-in-again'],
      ['unauthorized', both, 59_999, 'log-in-again'],
      ['unauthorized', both, minute, 'sign-again'],
      ['unauthorized', both, -minute, 'sign-again'],
      ['unauthorized', ['sign-again'], 0, undefined],
      ['unauthorized', ['sign-again'], undefined, undefined],
      ['unauthorized', [], minute, undefined],
      ['invalid_signature', both, 0, 'sign-again'],
      ['invalid_signature', both, undefined, 'sign-again'],
      ['invalid_signature', ['log-in-again'], 10 * minute, undefined],
      ['another_code', both, 0, 'log-in-again'],
      ['another_code', both, 10 * minute, 'sign-again'],
      [null, both, 0, 'log-in-again'],
      [null, [], 0, undefined],
    ];
  test.each(cases)('%j with %j left and a clock that differs by %j: %j', (code, left, offset, expected) => {
    const reply = code === null ? json(401, '<html>') : refusal(401, code);
    expect(nextCorrection(reply, new Set(left), { usedOffsetMs: 0, measuredOffsetMs: offset })).toBe(
      expected,
    );
  });

  it('measures against the time that was used', () => {
    const clock = { usedOffsetMs: 10 * minute, measuredOffsetMs: 10 * minute };
    expect(nextCorrection(refusal(401, 'unauthorized'), new Set(both), clock)).toBe('log-in-again');
  });

  it('reads the clock of the provider from its Date header', () => {
    const reply = json(401, '', { date: 'Wed, 01 Jan 2025 00:10:00 GMT' });
    expect(clockOffset(reply, startOf2025)).toBe(600_000);
    expect(clockOffset(json(401, '', { date: 'now' }), startOf2025)).toBeUndefined();
    expect(clockOffset(json(401, ''), startOf2025)).toBeUndefined();
  });
});
