import { createHmac } from 'node:crypto';
import type { CoreAnswer, CoreContext, ProviderCore } from '../../src/simulators/provider-core';
import { createSyncgramCore } from '../../src/simulators/syncgram/syncgram-core';
import type { SyncgramOptions } from '../../src/simulators/syncgram/syncgram-options';
import { startedAt, syncgramOptions, syncgramRequest, withdrawalRequest } from './syncgram-requests';

const minute = 60_000;
const withdrawals = '/api/v1/payouts/withdrawals';

/** A core on a clock that the test moves, with randomness that never repeats. */
function createAccount(changes: Partial<SyncgramOptions> = {}) {
  const core: ProviderCore = createSyncgramCore({ ...syncgramOptions, ...changes });
  let seed = 1;
  let now = startedAt;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const context = (): CoreContext => ({ now, random });
  return {
    core,
    context,
    wait: (ms: number): void => {
      now += ms;
    },
    send: (...request: Parameters<typeof syncgramRequest>) =>
      read(core.handle(syncgramRequest(...request), context())),
    withdraw: (fields: Record<string, unknown> = {}) =>
      read(core.handle(withdrawalRequest(fields), context())),
  };
}

function read({ reply }: CoreAnswer): { status: number; body: Record<string, unknown>; raw: string } {
  const body = reply.body === '' ? {} : (JSON.parse(reply.body) as Record<string, unknown>);
  return { status: reply.status, body, raw: reply.body };
}

describe('Syncgram: authentication and routes', () => {
  it.each(['', 'Bearer ', 'Bearer sk_test_2', 'Basic sk_test_1', 'sk_test_1'])(
    'refuses %p',
    (authorization) => {
      const { core, context } = createAccount();
      const answer = core.handle({ ...withdrawalRequest(), headers: { authorization } }, context());
      expect(answer.reply.status).toBe(401);
      expect(read(answer).body).toMatchObject({ error_code: 'UNAUTHORIZED' });
      expect(core.ledger()).toEqual([]);
    },
  );

  it('does not remember an unauthenticated reply under its key', () => {
    const { core, context, withdraw } = createAccount();
    core.handle({ ...withdrawalRequest(), headers: {} }, context());
    expect(withdraw().status).toBe(201);
  });

  it.each([
    ['syncgram', 201, 404],
    ['successor', 404, 201],
    ['both', 201, 201],
  ] as const)('serves the paths of %s', (paths, ours, successor) => {
    const { core, context } = createAccount({ paths });
    const request = withdrawalRequest();
    expect(core.handle(request, context()).reply.status).toBe(ours);
    const other = { ...withdrawalRequest({ idempotency_key: 'key-2' }), path: '/v1/payouts/withdrawals' };
    expect(core.handle(other, context()).reply.status).toBe(successor);
  });

  it('has only the lookups it is given', () => {
    const none = createAccount({ lookups: 'none' });
    const id = none.withdraw().body.withdrawal_id;
    expect(none.send('GET', `/api/v1/payouts/${String(id)}`).status).toBe(404);
    expect(none.send('GET', '/api/v1/payouts').status).toBe(404);
    const byId = createAccount({ lookups: 'by-id' });
    const found = byId.withdraw().body.withdrawal_id;
    expect(byId.send('GET', `/api/v1/payouts/${String(found)}`).status).toBe(200);
    expect(byId.send('GET', '/api/v1/payouts').status).toBe(404);
  });
});

describe('Syncgram: validation', () => {
  it.each([
    'from_currency',
    'to_currency',
    'amount',
    'payment_method',
    'reference',
    'email',
    'account_number',
    'bank_code',
  ])('400 without %s', (field) => {
    const { core, withdraw } = createAccount();
    const { status, body } = withdraw({ [field]: undefined });
    expect(status).toBe(400);
    expect(body).toEqual({
      detail: `${field} is required`,
      error_code: 'VALIDATION_ERROR',
      errors: [{ field, message: `${field} is required` }],
    });
    expect(core.ledger()).toEqual([]);
  });

  it.each([
    ['MOBILE_MONEY', 'NGN', {}, ['phone_number']],
    ['CRYPTO', 'XRP', {}, ['wallet_address', 'network']],
    ['CRYPTO', 'USDT_TRC20', {}, ['wallet_address']],
    ['CRYPTO', 'XRP', { wallet_address: 'r1' }, ['network']],
  ])('%s to %s with %p misses %p', (payment_method, to_currency, fields, missing) => {
    const { body } = createAccount().withdraw({ payment_method, to_currency, ...fields });
    expect((body.errors as { field: string }[]).map(({ field }) => field)).toEqual(missing);
  });

  it.each([
    ['MOBILE_MONEY', 'NGN', { phone_number: '+234800' }, '+234800'],
    ['CRYPTO', 'XRP', { wallet_address: 'r1', network: 'XRPL' }, 'r1'],
    ['CRYPTO', 'USDT_TRC20', { wallet_address: 'T1' }, 'T1'],
    ['BANK_TRANSFER', 'NGN', {}, '0123456785'],
  ])('%s to %s with %p pays %s', (payment_method, to_currency, fields, beneficiary) => {
    const { core, withdraw } = createAccount();
    expect(withdraw({ payment_method, to_currency, ...fields }).status).toBe(201);
    expect(core.ledger()).toMatchObject([{ beneficiary }]);
  });

  it.each([
    ['amount', '0'],
    ['amount', '-1'],
    ['amount', '1e3'],
    ['amount', 'ten'],
    ['amount', -5],
    ['amount', true],
    ['payment_method', 'CHEQUE'],
    ['email', 'nobody'],
    ['idempotency_key', 5],
    ['metadata', 'text'],
  ])('422 for %s %p', (field, value) => {
    const { core, withdraw } = createAccount();
    const { status, body } = withdraw({ [field]: value });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ field }]);
    expect(core.ledger()).toEqual([]);
  });

  it.each([
    ['string', '5.00', 201],
    ['string', 5, 422],
    ['number', 5, 201],
    ['number', '5.00', 422],
    ['either', 5, 201],
    ['either', '5.00', 201],
  ] as const)('amount as %s: %p answers %i', (amountFormat, amount, status) => {
    expect(createAccount({ amountFormat }).withdraw({ amount }).status).toBe(status);
  });

  it('refuses an unsupported pair, an unknown destination and a body that is no object', () => {
    const { core, context, withdraw, send } = createAccount();
    expect(withdraw({ to_currency: 'EUR' })).toMatchObject({ status: 400 });
    expect(withdraw({ idempotency_key: 'b', payout_destination_id: 'dst_x' })).toMatchObject({
      status: 400,
      body: { detail: 'Invalid payout destination' },
    });
    expect(send('POST', withdrawals, [1]).status).toBe(400);
    const cut = { ...withdrawalRequest(), body: '{"amount":' };
    expect(core.handle(cut, context()).reply.status).toBe(400);
    expect(core.ledger()).toEqual([]);
  });
});

describe('Syncgram: idempotency', () => {
  it('answers the first reply byte for byte, stale as it is, for 30 minutes, and then pays again', () => {
    const { core, wait, withdraw, send } = createAccount();
    const first = withdraw();
    expect(first.status).toBe(201);
    wait(30 * minute - 1);
    expect(withdraw()).toEqual(first);
    expect(first.body.status).toBe('PENDING');
    expect(send('GET', `/api/v1/payouts/${String(first.body.withdrawal_id)}`).body.status).toBe('COMPLETED');
    expect(core.ledger()).toHaveLength(1);

    wait(1);
    const second = withdraw();
    expect(second.status).toBe(201);
    expect(second.body.withdrawal_id).not.toBe(first.body.withdrawal_id);
    expect(core.ledger().map(({ kind, callerKey }) => [kind, callerKey])).toEqual([
      ['debit', 'key-1'],
      ['debit', 'key-1'],
    ]);
  });

  it('does not prolong the memory by replays', () => {
    const { core, wait, withdraw } = createAccount();
    withdraw();
    wait(20 * minute);
    withdraw();
    wait(10 * minute);
    withdraw();
    expect(core.ledger()).toHaveLength(2);
  });

  it('falls back to the reference, and keeps it apart from explicit keys', () => {
    const { core, withdraw } = createAccount();
    const byReference = withdraw({ idempotency_key: undefined });
    expect(withdraw({ idempotency_key: undefined })).toEqual(byReference);
    withdraw({ idempotency_key: 'ref-1' });
    expect(core.ledger()).toHaveLength(2);
  });

  it('refuses another body under the same key', () => {
    const { core, withdraw } = createAccount();
    withdraw();
    expect(withdraw({ amount: '100.01' })).toMatchObject({
      status: 409,
      body: { error_code: 'IDEMPOTENCY_CONFLICT' },
    });
    expect(core.ledger()).toHaveLength(1);
  });

  it.each([
    [true, 422],
    [false, 201],
  ])('remembers refusals: %p', (cachesRefusals, status) => {
    const { core, withdraw } = createAccount({ cachesRefusals });
    core.setBalance('USD', '1');
    expect(withdraw().status).toBe(422);
    core.setBalance('USD', '1000');
    expect(withdraw().status).toBe(status);
  });

  it('answers 409 while a request with the key is in flight', () => {
    const { core, context, withdraw } = createAccount();
    const release = core.hold?.(withdrawalRequest(), context());
    expect(withdraw()).toMatchObject({ status: 409, body: { error_code: 'IDEMPOTENCY_IN_PROGRESS' } });
    expect(withdraw({ idempotency_key: 'other' }).status).toBe(201);
    release?.();
    expect(withdraw().status).toBe(201);
  });

  it('can answer 409 until the withdrawal is final', () => {
    const { wait, withdraw } = createAccount({ conflictUntilFinal: true });
    expect(withdraw().status).toBe(201);
    expect(withdraw().status).toBe(409);
    wait(1_000);
    expect(withdraw().status).toBe(201);
  });

  it.each([
    ['no', 201, 2],
    ['forever', 409, 1],
  ] as const)('reference unique: %s', (referenceUnique, status, debits) => {
    const { core, wait, withdraw } = createAccount({ referenceUnique });
    withdraw();
    wait(31 * minute);
    expect(withdraw().status).toBe(status);
    expect(core.ledger()).toHaveLength(debits);
  });

  it('can check the balance before the key', () => {
    const { core, withdraw } = createAccount({ balanceCheckedFirst: true });
    core.setBalance('USD', '100');
    expect(withdraw().status).toBe(201);
    expect(withdraw().status).toBe(422);
    expect(core.ledger()).toHaveLength(1);
  });
});

describe('Syncgram: money', () => {
  it.each([400, 422] as const)('refuses for lack of balance with %i', (insufficientBalanceStatus) => {
    const { core, withdraw, send } = createAccount({ insufficientBalanceStatus });
    core.setBalance('USD', '99.99');
    expect(withdraw()).toMatchObject({
      status: insufficientBalanceStatus,
      body: { detail: 'Insufficient balance', error_code: 'BAD_REQUEST' },
    });
    expect(core.payouts()).toEqual([]);
    expect(send('GET', '/api/v1/accounts/balances').body).toEqual({
      data: [{ currency: 'USD', available_balance: '99.99', pending_balance: '0.00' }],
    });
  });

  it('debits at acceptance and credits what failed', () => {
    const { core, context, wait, withdraw, send } = createAccount();
    core.setBalance('USD', '100');
    core.script({ match: { callerKey: 'key-1' }, steps: [{ status: 'FAILED', afterMs: 100 }] });
    const { withdrawal_id } = withdraw().body;
    expect(core.ledger()).toMatchObject([{ kind: 'debit', amount: '100.00', currency: 'USD' }]);
    wait(100);
    core.advance(context());
    expect(core.ledger()).toMatchObject([{ kind: 'debit' }, { kind: 'credit', at: startedAt + 100 }]);
    expect(send('GET', `/api/v1/payouts/${String(withdrawal_id)}`).body).toMatchObject({
      status: 'FAILED',
      rejection_reason: 'Payout failed',
    });
    expect(withdraw({ idempotency_key: 'key-2' }).status).toBe(201);
  });

  it('speaks the words of the successor', () => {
    const { core, wait, context, withdraw } = createAccount({ vocabulary: 'successor' });
    expect(withdraw().body.status).toBe('pending_submission');
    wait(1_000);
    core.advance(context());
    expect(core.payouts()[0]?.history.map(({ status }) => status)).toEqual([
      'pending_submission',
      'processing',
      'successful',
    ]);
  });
});

describe('Syncgram: quotes', () => {
  const quoteBody = {
    from_currency: 'USD',
    to_currency: 'NGN',
    amount: '100.00',
    payout_method: 'BANK_TRANSFER',
  };
  const quoteOn = ({ send }: ReturnType<typeof createAccount>): string =>
    String(send('POST', '/api/v1/payouts/quotes', quoteBody).body.quote_id);

  it('prices an amount for a minute', () => {
    const { status, body } = createAccount().send('POST', '/api/v1/payouts/quotes', quoteBody);
    expect(status).toBe(200);
    expect(body).toEqual({
      quote_id: expect.stringMatching(/^qt_/),
      from_amount: '100.00',
      to_amount: '150000.00',
      exchange_rate: '1500.00',
      expires_at: '2026-01-05T10:01:00.000Z',
    });
  });

  it.each([
    [{ amount: undefined }, 400],
    [{ to_currency: 'EUR' }, 400],
    [{ amount: '0' }, 422],
    [{ payout_method: 'CHEQUE' }, 422],
  ])('refuses %p with %i', (changes, status) => {
    expect(createAccount().send('POST', '/api/v1/payouts/quotes', { ...quoteBody, ...changes }).status).toBe(
      status,
    );
  });

  it('serves one withdrawal within its time', () => {
    const account = createAccount();
    const quote_id = quoteOn(account);
    account.wait(minute - 1);
    expect(account.withdraw({ quote_id }).status).toBe(201);
    expect(account.withdraw({ quote_id, idempotency_key: 'b' })).toMatchObject({
      status: 422,
      body: { detail: 'Quote has already been used' },
    });
  });

  it.each([400, 422] as const)(
    'refuses expired, unknown and differing quotes with %i',
    (quoteRefusalStatus) => {
      const account = createAccount({ quoteRefusalStatus });
      const quote_id = quoteOn(account);
      const refusals = [
        account.withdraw({ quote_id, amount: '99.00', idempotency_key: 'a' }),
        account.withdraw({ quote_id: 'qt_unknown', idempotency_key: 'b' }),
      ];
      account.wait(minute);
      refusals.push(account.withdraw({ quote_id }));
      expect(refusals.map(({ status, body }) => [status, body.detail])).toEqual([
        [quoteRefusalStatus, 'Quote does not match the withdrawal'],
        [quoteRefusalStatus, 'Quote not found'],
        [quoteRefusalStatus, 'Quote has expired'],
      ]);
      expect(account.core.ledger()).toEqual([]);
    },
  );
});

describe('Syncgram: lists and destinations', () => {
  it('lists newest first, with references and without a filter', () => {
    const { send, wait, withdraw } = createAccount();
    for (const reference of ['a', 'b', 'c']) {
      withdraw({ reference, idempotency_key: reference });
      wait(1_000);
    }
    const { body } = send('GET', '/api/v1/payouts', undefined, { limit: '2', offset: '1', reference: 'c' });
    expect(body).toMatchObject({ total: 3, limit: 2, offset: 1 });
    expect(body.data).toMatchObject([
      {
        reference: 'b',
        from_amount: '100.00',
        from_currency: 'USD',
        to_currency: 'NGN',
        status: 'COMPLETED',
      },
      { reference: 'a', created_at: '2026-01-05T10:00:00.000Z' },
    ]);
  });

  it.each<Record<string, string>>([{ limit: '101' }, { limit: '0' }, { limit: 'all' }, { offset: '-1' }])(
    'refuses %p',
    (query) => {
      expect(createAccount().send('GET', '/api/v1/payouts', undefined, query).status).toBe(422);
    },
  );

  it('can wrap lists otherwise', () => {
    expect(createAccount({ listWrapper: 'items' }).send('GET', '/api/v1/payouts').body).toMatchObject({
      items: [],
    });
    expect(createAccount({ listWrapper: 'array' }).send('GET', '/api/v1/payouts').raw).toBe('[]');
  });

  it('pays to a saved destination of the right type until it is removed', () => {
    const { core, send, withdraw } = createAccount();
    const destinations = '/api/v1/payouts/destinations';
    const bank = { type: 'bank_account', account_number: '1', account_name: 'Ada', bank_code: '058' };
    const { id } = send('POST', destinations, bank).body;
    const saved = { payout_destination_id: id, account_number: undefined, bank_code: undefined };
    expect(withdraw(saved).status).toBe(201);
    expect(core.ledger()).toMatchObject([{ beneficiary: id }]);
    expect(withdraw({ ...saved, payment_method: 'MOBILE_MONEY', idempotency_key: 'b' }).status).toBe(400);

    expect(send('DELETE', `${destinations}/${String(id)}`).status).toBe(204);
    expect(withdraw({ ...saved, idempotency_key: 'c' }).status).toBe(400);
    expect(send('GET', destinations).body).toMatchObject({ data: [{ ...bank, is_active: false }] });
  });

  it('refuses destinations without type or fields, and to remove what is not there', () => {
    const { send } = createAccount();
    const destinations = '/api/v1/payouts/destinations';
    expect(send('POST', destinations, { type: 'letter' }).status).toBe(400);
    expect(send('POST', destinations, { type: 'mobile_money' }).body.errors).toHaveLength(2);
    expect(send('DELETE', `${destinations}/dst_x`).status).toBe(404);
  });
});

it('Syncgram signs created, paid and failed webhooks, each with its own event id', () => {
  const { core, context, wait } = createAccount({ webhookUrl: 'http://merchant.test/hook' });
  const created = core.handle(withdrawalRequest(), context()).effects;
  wait(2_000);
  const events = [...created, ...core.advance(context())];
  const parsed = events.map(({ body }) => JSON.parse(body) as { id: string; type: string });
  expect(parsed.map(({ type }) => type)).toEqual(['payout.created', 'payout.paid']);
  expect(new Set(parsed.map(({ id }) => id)).size).toBe(2);
  for (const { headers, body } of events) {
    const timestamp = headers['x-bachs-timestamp'] ?? '';
    expect(timestamp).toMatch(/^\d{10}$/);
    expect(headers['x-bachs-signature']).toBe(
      createHmac('sha256', 'webhook-secret').update(`${timestamp}.${body}`).digest('hex'),
    );
  }
});
