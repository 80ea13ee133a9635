import type { PayoutRequest } from '../../../src/domain/payout-request';
import { SendFailure } from '../../../src/http/sender';
import { createAccount, createAttempt, html, json, now, request } from './syncgram-account';
import type { AccountChanges, Answer } from './syncgram-account';

const at = (ms: number): string => new Date(ms).toISOString();
const quoted = {
  quote_id: 'qt_1',
  from_amount: '125.00',
  to_amount: '187500.00',
  exchange_rate: '1500.00',
  expires_at: at(now + 300_000),
};
const ask = async (answer: Answer, changes: AccountChanges = {}, asked: PayoutRequest = request) => {
  const { provider, sent } = createAttempt([answer], changes);
  const reply = await provider.quote?.(asked, {});
  if (reply === undefined) throw new Error('no quotes');
  return { reply, sent };
};

test.each<[string, string, string, boolean]>([
  ['cross-currency', 'USD', 'NGN', true],
  ['cross-currency', 'NGN', 'NGN', false],
  ['cross-currency', 'USDT', 'USDT_TRC20', false],
  ['cross-currency', 'USD', 'USDT_TRC20', true],
  ['always', 'NGN', 'NGN', true],
  ['never', 'USD', 'NGN', false],
])('quotes %s: %s to %s needs one: %s', (quotes, from, to, needed) => {
  const asked = { ...request, source: { currency: from }, destination: { country: 'NG', currency: to } };
  expect(createAccount({ settings: { quotes } }).needsQuote(asked)).toBe(needed);
});

test('asks with payout_method, as quotes call it', async () => {
  const { sent } = await ask(json(200, quoted));
  expect(sent[0]?.request).toEqual({
    method: 'POST',
    url: 'https://pay.example.com/api/v1/payouts/quotes',
    headers: {
      authorization: 'Bearer sk_test_fake_key',
      accept: 'application/json',
      'content-type': 'application/json',
    },
    body: '{"from_currency":"USD","to_currency":"NGN","amount":"125.00","payout_method":"BANK_TRANSFER"}',
  });
});

test('writes the amount as the account says', async () => {
  const { sent } = await ask(json(200, quoted), { settings: { amountFormat: 'number' } });
  expect(sent[0]?.request.body).toContain('"amount":125.00,');
});

test.each([
  ['200', json(200, quoted)],
  ['201', json(201, quoted)],
  ['in data', json(200, { success: true, data: quoted })],
  [
    'by other names',
    json(200, {
      id: 'qt_1',
      source_amount: 125,
      destination_amount: '187500.00',
      rate: '1500.00',
      expiresAt: (now + 300_000) / 1000,
    }),
  ],
  ['with currencies', json(200, { ...quoted, from_currency: 'USD', to_currency: 'ngn' })],
])('reads a quote: %s', async (_, answer) => {
  expect((await ask(answer)).reply).toEqual({
    kind: 'quoted',
    quote: {
      quoteId: 'qt_1',
      source: { value: '125.00', currency: 'USD' },
      destination: { value: '187500.00', currency: 'NGN' },
      rate: '1500.00',
      validForMs: 300_000,
    },
  });
});

test('reads a fee', async () => {
  expect((await ask(json(200, { ...quoted, fee: '1.5' }))).reply).toMatchObject({
    quote: { fee: { value: '1.5', currency: 'USD' } },
  });
});

test.each([
  [300_000, 300_000],
  [1, 1],
  [0, 0],
  [-5_000, 0],
])('a quote that ends in %d ms holds for %d', async (left, validForMs) => {
  const answer = json(200, { ...quoted, expires_at: at(now + left) });
  expect((await ask(answer)).reply).toMatchObject({ quote: { validForMs } });
});

test('measures by the provider’s clock, and by ours where it shows none', async () => {
  const body = { ...quoted, expires_at: '2023-11-14T00:01:00Z' };
  const told = json(200, body, { date: 'Tue, 14 Nov 2023 00:00:00 GMT' });
  expect((await ask(told)).reply).toMatchObject({ quote: { validForMs: 60_000 } });
  expect((await ask(json(200, body, { date: 'soon' }))).reply).toMatchObject({ quote: { validForMs: 0 } });
});

test.each<[string, Answer]>([
  ['HTML', html(200)],
  ['no id', json(200, { ...quoted, quote_id: undefined })],
  ['a bad id', json(200, { ...quoted, quote_id: 'a b' })],
  ['no amount that arrives', json(200, { ...quoted, to_amount: undefined })],
  ['an amount of zero', json(200, { ...quoted, to_amount: '0.00' })],
  ['a negative rate', json(200, { ...quoted, exchange_rate: '-1500' })],
  ['no rate', json(200, { ...quoted, exchange_rate: null })],
  ['no end', json(200, { ...quoted, expires_at: undefined })],
  ['an unreadable end', json(200, { ...quoted, expires_at: 'soon' })],
  ['another amount', json(200, { ...quoted, from_amount: '125.01' })],
  ['another source currency', json(200, { ...quoted, from_currency: 'EUR' })],
  ['another destination currency', json(200, { ...quoted, to_currency: 'GHS' })],
])('refuses a quote with %s', async (_, answer) => {
  expect((await ask(answer)).reply).toEqual({
    kind: 'failed',
    failure: { effect: 'none', code: 'unreadable_reply', httpStatus: 200 },
  });
});

test.each<[string, Answer, string]>([
  // What passes is asked again.
  ['408', html(408), 'timeout'],
  ['409', json(409, {}), 'in_progress'],
  ['429', json(429, {}), 'rate_limited'],
  ['500', json(500, {}), 'server_error'],
  ['503 by a gateway', html(503), 'server_error'],
  ['a timeout', new SendFailure('timeout', true), 'timeout'],
  ['a cut connection', new SendFailure('connection_lost', true), 'connection_lost'],
  ['no connection', new SendFailure('not_reachable', false), 'not_reachable'],
  ['nothing', { status: 200, headers: {}, body: '' }, 'unreadable_reply'],
  ['a redirect', { status: 302, headers: { location: '/' }, body: '' }, 'unreadable_reply'],
  // In foreign words: a filter's or a proxy's, which says nothing about the account, the path or the pair.
  ['400 in HTML', html(400), 'unreadable_reply'],
  ['403 in HTML', html(403), 'unreadable_reply'],
  ['404 in HTML', html(404), 'unreadable_reply'],
  ['405 in HTML', html(405), 'unreadable_reply'],
  ['422 in HTML', html(422), 'unreadable_reply'],
  ['451 in HTML', html(451), 'unreadable_reply'],
  // Somebody mends it.
  ['401', json(401, {}), 'credentials_refused'],
  ['401 in HTML', html(401), 'credentials_refused'],
  ['403', json(403, {}), 'account_suspended'],
  ['404', json(404, {}), 'misconfigured'],
  ['405', json(405, {}), 'misconfigured'],
  ['413', html(413), 'misconfigured'],
  ['422 INSUFFICIENT_FUNDS', json(422, { error_code: 'INSUFFICIENT_FUNDS' }), 'insufficient_funds'],
  [
    '422 about the balance',
    json(422, { error_code: 'BAD_REQUEST', detail: 'Insufficient balance' }),
    'insufficient_funds',
  ],
  ['400', json(400, { error_code: 'VALIDATION_ERROR' }), 'refusal_unclear'],
  ['422', json(422, { detail: 'x' }), 'refusal_unclear'],
  ['422 with another code', json(422, { error_code: 'PAIR_CLOSED' }), 'refusal_unclear'],
  ['402', json(402, {}), 'refusal_unclear'],
  [
    '422 about a pair that rests',
    json(422, { detail: 'Currency pair is not supported at the moment' }),
    'refusal_unclear',
  ],
  [
    '400 about our account',
    json(400, { error_code: 'BAD_REQUEST', detail: 'Currency account not found in wallet USDT' }),
    'refusal_unclear',
  ],
  [
    '422 about what we are',
    json(422, { detail: 'USD payouts to this currency are not supported for your KYC level' }),
    'refusal_unclear',
  ],
  [
    '400 for now',
    json(400, { detail: 'Unsupported currency for your account until compliance review' }),
    'refusal_unclear',
  ],
  [
    '422 UNSUPPORTED_CURRENCY for an account',
    json(422, { error_code: 'UNSUPPORTED_CURRENCY', detail: 'Not enabled for this merchant' }),
    'refusal_unclear',
  ],
  [
    '422 about a wallet',
    json(422, { errors: [{ field: 'from_currency', message: 'wallet is frozen' }] }),
    'refusal_unclear',
  ],
  ['404 for now', json(404, { detail: 'Currency pair is temporarily not found' }), 'refusal_unclear'],
  // It stays so.
  [
    '400 about the pair',
    json(400, { error_code: 'BAD_REQUEST', detail: 'Unsupported currency pair USD to JPY' }),
    'pair_unsupported',
  ],
  ['404 about the pair', json(404, { detail: 'Currency pair not found' }), 'pair_unsupported'],
  ['422 UNSUPPORTED_PAIR', json(422, { error_code: 'UNSUPPORTED_PAIR' }), 'pair_unsupported'],
  [
    '422 about the currency',
    json(422, {
      error_code: 'VALIDATION_ERROR',
      errors: [{ field: 'to_currency', message: 'is not one of ours' }],
    }),
    'pair_unsupported',
  ],
])('a quote that ends with %s has no effect', async (_, answer, code) => {
  expect((await ask(answer)).reply).toMatchObject({ kind: 'failed', failure: { effect: 'none', code } });
});
