import { SendFailure } from '../../../src/http/sender';
import { createAttempt, digest, html, json } from './syncgram-account';
import type { AccountChanges, Answer } from './syncgram-account';

const key = `po_${digest.slice(0, 40)}`;
const read = async (answers: readonly Answer[], changes: AccountChanges = {}) => {
  const { provider, attempt, sent } = createAttempt(answers, changes);
  const reply = await provider.readStatus({ attempt, providerPayoutId: 'wd:1' }, {});
  return { reply, urls: sent.map(({ request }) => request.url), sent };
};
const shown = { withdrawal_id: 'wd:1', reference: key, status: 'successful' };

test('reads a payout by its id, with its amounts', async () => {
  const { reply, urls } = await read([
    json(200, {
      ...shown,
      from_amount: 125,
      from_currency: 'USD',
      to_amount: '187500.00',
      to_currency: 'NGN',
      exchange_rate: '1500.00',
      fee: '0.50',
    }),
  ]);
  expect(urls).toEqual(['https://pay.example.com/api/v1/payouts/wd%3A1']);
  expect(reply).toEqual({
    kind: 'read',
    reading: {
      providerPayoutId: 'wd:1',
      status: 'paid',
      providerStatus: 'successful',
      echo: { matched: ['key', 'amount', 'currency'], unverified: ['beneficiary'], mismatched: [] },
      amounts: {
        source: { value: '125', currency: 'USD' },
        destination: { value: '187500.00', currency: 'NGN' },
        rate: '1500.00',
        fee: { value: '0.50', currency: 'USD' },
      },
    },
  });
});

test.each([
  ['in data', { data: shown }],
  ['without id', { status: 'COMPLETED' }],
  [
    'with amounts that are no decimals',
    { ...shown, from_amount: '1,000', to_amount: '-1', fee: {}, exchange_rate: 'NaN' },
  ],
])('reads a payout %s', async (_, body) => {
  const { reply } = await read([json(200, body)]);
  expect(reply).toMatchObject({ kind: 'read', reading: { providerPayoutId: 'wd:1', status: 'paid' } });
  expect(reply).not.toHaveProperty('reading.amounts');
});

test('shows a reference that is not ours as a mismatch', async () => {
  const { reply } = await read([json(200, { ...shown, reference: 'other' })]);
  expect(reply).toMatchObject({ reading: { echo: { mismatched: ['key'] } } });
});

test.each<[string, Answer]>([
  ['the status of another payout', json(200, { ...shown, withdrawal_id: 'wd:2' })],
  ['no payout', json(200, { success: false })],
  ['a list', json(200, [shown])],
  ['HTML', html(200)],
  ['nothing', { status: 200, headers: {}, body: '' }],
])('fails on %s', async (_, answer) => {
  expect((await read([answer])).reply).toEqual({
    kind: 'failed',
    failure: { effect: 'none', code: 'unreadable_reply', httpStatus: 200 },
  });
});

test.each<[string, Answer, string]>([
  ['401', json(401, {}), 'credentials_refused'],
  ['403', json(403, {}), 'account_suspended'],
  ['404', json(404, { error_code: 'NOT_FOUND' }), 'not_found'],
  ['404 by a gateway', html(404), 'misconfigured'],
  ['408', html(408), 'timeout'],
  ['418', html(418), 'refusal_unclear'],
  ['429', json(429, {}), 'rate_limited'],
  ['503', html(503), 'server_error'],
  ['a lost connection', new SendFailure('connection_lost', true), 'connection_lost'],
])('a read that ends with %s has no effect', async (_, answer, code) => {
  expect((await read([answer])).reply).toMatchObject({ kind: 'failed', failure: { effect: 'none', code } });
});

test('tries the next path where one is not served', async () => {
  const { reply, urls } = await read([html(405), json(200, shown)]);
  expect(reply).toMatchObject({ kind: 'read' });
  expect(urls).toEqual([
    'https://pay.example.com/api/v1/payouts/wd%3A1',
    'https://pay.example.com/api/v1/payouts/withdrawals/wd%3A1',
  ]);
});

test('does not find a payout that no path knows', async () => {
  for (const answers of [
    [json(404, {}), html(405)],
    [html(405), json(404, {})],
  ]) {
    expect((await read(answers)).reply).toMatchObject({ failure: { code: 'not_found', httpStatus: 404 } });
  }
});

test('does not try another path after any other answer', async () => {
  expect((await read([json(500, {}), json(200, shown)])).urls).toHaveLength(1);
});

test('reads by the path and within the time that the account names', async () => {
  const { urls, sent } = await read([json(200, shown)], {
    settings: { paths: { status: '/v1/payouts/{id}' } },
    common: { readTimeoutMs: 2_000 },
  });
  expect(urls).toEqual(['https://pay.example.com/v1/payouts/wd%3A1']);
  expect(sent[0]?.options.timeoutMs).toBe(2_000);
});
