import { createHmac } from 'node:crypto';
import { createPayfieldCore } from '../../src/simulators/payfield/payfield-core';
import type { PayfieldOptions } from '../../src/simulators/payfield/payfield-options';
import type { CoreAnswer, CoreContext, ProviderCore } from '../../src/simulators/provider-core';
import { payfieldOptions, payoutBody, readRequest, startedAt, submitRequest } from './payfield-requests';

const at = (now: number): CoreContext => ({ now, random: () => 0.5 });
const bodyOf = ({ reply }: CoreAnswer): Record<string, unknown> =>
  JSON.parse(reply.body) as Record<string, unknown>;

function createCore(changes: Partial<PayfieldOptions> = {}): ProviderCore {
  return createPayfieldCore({ ...payfieldOptions, ...changes });
}

describe('Payfield: authentication', () => {
  const authentic = submitRequest();
  const cases: readonly [string, Record<string, string>][] = [
    ['API key required', { 'x-api-key': '' }],
    ['Invalid API key', { 'x-api-key': 'other' }],
    ['Timestamp required', { 'x-timestamp': '' }],
    ['Signature required', { 'x-signature': '' }],
    ['Invalid timestamp format', { 'x-timestamp': 'yesterday' }],
    ['Timestamp window exceeded', { 'x-timestamp': new Date(startedAt - 60_001).toISOString() }],
    ['Timestamp window exceeded', { 'x-timestamp': new Date(startedAt + 60_001).toISOString() }],
    ['Invalid signature', { 'x-signature': 'ab'.repeat(32) }],
    ['Invalid signature', { 'x-timestamp': new Date(startedAt + 1).toISOString() }],
  ];

  it.each(cases)('refuses with %s', (message, headers) => {
    const core = createCore();
    const answer = core.handle(
      { ...authentic, headers: { ...authentic.headers, ...headers } },
      at(startedAt),
    );
    expect(answer.reply.status).toBe(401);
    expect(bodyOf(answer)).toEqual({
      message,
      code: 'unauthorized',
      error: { code: 'unauthorized', message },
    });
    expect(core.ledger()).toEqual([]);
  });

  it('refuses a body changed after signing', () => {
    const core = createCore();
    const tampered = { ...authentic, body: authentic.body.replace('5000.00', '5000.01') };
    expect(bodyOf(core.handle(tampered, at(startedAt))).message).toBe('Invalid signature');
  });

  it('accepts ISO and unix seconds at the edge of the window, and an upper-case signature', () => {
    const core = createCore();
    expect(core.handle(authentic, at(startedAt + 60_000)).reply.status).toBe(201);
    expect(core.handle(authentic, at(startedAt - 60_000)).reply.status).toBe(200);
    expect(core.handle(readRequest('/api/v1/payouts/PAY-BDT-001'), at(startedAt)).reply.status).toBe(200);
    const upper = {
      ...authentic.headers,
      'x-signature': authentic.headers['x-signature']?.toUpperCase() ?? '',
    };
    expect(core.handle({ ...authentic, headers: upper }, at(startedAt)).reply.status).toBe(200);
  });

  it('judges a late commit by the time it arrived', () => {
    const core = createCore();
    const late = startedAt + 300_000;
    expect(core.handle(authentic, at(late)).reply.status).toBe(401);
    expect(core.handle(authentic, { ...at(late), receivedAt: startedAt }).reply.status).toBe(201);
  });
});

describe('Payfield: validation', () => {
  const cases: readonly [string, string, unknown][] = [
    ['external_id', 'external_id is required', undefined],
    ['external_id', 'external_id must be a string', 7],
    ['card_number', 'card_number is required', ''],
    ['merchant_user_id', 'merchant_user_id is required', null],
    ['merchant_user_ip', 'merchant_user_ip must be a valid IP address', '300.1.1.1'],
    ['currency', 'currency must be a string of 3 characters', 'TAKA'],
    ['callback_url', 'callback_url must be a valid URL', 'nowhere'],
    ['callback_url', 'callback_url must be a valid URL', 'ftp://merchant.test'],
    ...[0, 5000, '0', '0.00', '-1', '1.001', '1e3', '01', ' 1', '+1', '1.', 'abc'].map(
      (amount): [string, string, unknown] => ['amount', 'amount must be a positive decimal string', amount],
    ),
  ];

  it.each(cases)('%s: %s (%p)', (field, message, value) => {
    const core = createCore();
    const answer = core.handle(submitRequest({ ...payoutBody, [field]: value }), at(startedAt));
    expect(answer.reply.status).toBe(422);
    expect(bodyOf(answer)).toEqual({
      message,
      code: 'validation_error',
      errors: [{ field, message }],
      error: { code: 'validation_error', message },
    });
    expect(core.ledger()).toEqual([]);
  });

  it('reports every wrong field and leads with the first', () => {
    const answer = createCore().handle(submitRequest({ amount: '1', currency: 'BDT' }), at(startedAt));
    expect(bodyOf(answer)).toMatchObject({
      message: 'external_id is required',
      errors: [
        { field: 'external_id' },
        { field: 'card_number' },
        { field: 'merchant_user_id' },
        { field: 'merchant_user_ip' },
      ],
    });
  });

  it.each([
    ['Shop currency mismatch. Expected BDT.', { currency: 'USD' }],
    ['Shop not found', { shop_code: 'elsewhere' }],
  ])('refuses: %s', (message, changes) => {
    const answer = createCore().handle(submitRequest({ ...payoutBody, ...changes }), at(startedAt));
    expect(answer.reply.status).toBe(422);
    expect(bodyOf(answer)).toMatchObject({ message, code: 'validation_error' });
  });

  it('needs a default shop when none is named', () => {
    const core = createCore({ shops: [{ code: 'main', currency: 'BDT' }] });
    const unnamed = submitRequest({ ...payoutBody, shop_code: undefined });
    expect(core.handle(unnamed, at(startedAt)).reply.status).toBe(422);
    expect(core.handle(readRequest('/api/v1/payouts/x'), at(startedAt)).reply.status).toBe(422);
  });

  it('refuses what is no JSON object and what is no JSON by its own word', () => {
    const core = createCore();
    expect(core.handle(submitRequest([payoutBody]), at(startedAt)).reply.status).toBe(422);
    const { headers, ...rest } = submitRequest();
    const asText = { ...rest, headers: { ...headers, 'content-type': 'text/plain' } };
    expect(core.handle(asText, at(startedAt)).reply.status).toBe(422);
  });
});

describe('Payfield: payouts', () => {
  it('accepts with 201 and books one debit', () => {
    const core = createCore();
    const answer = core.handle(submitRequest(), at(startedAt));
    expect(answer.reply.status).toBe(201);
    expect(bodyOf(answer)).toEqual({
      id: 10_001,
      status: 'pending',
      ...payoutBody,
      transaction_type: 'payout',
      created_at: '2026-01-05T10:00:00.000000Z',
      updated_at: '2026-01-05T10:00:00.000000Z',
    });
    expect(core.ledger()).toEqual([
      {
        sequence: 1,
        at: startedAt,
        kind: 'debit',
        providerPayoutId: '10001',
        callerKey: 'PAY-BDT-001',
        amount: '5000.00',
        currency: 'BDT',
        beneficiary: '4111111111111111',
      },
    ]);
  });

  it('answers 200 with the old payout for ever, also to another body', () => {
    const core = createCore();
    core.handle(submitRequest(), at(startedAt));
    const year = startedAt + 365 * 86_400_000;
    const answer = core.handle(submitRequest({ ...payoutBody, amount: '9.99' }, year), at(year));
    expect(answer.reply.status).toBe(200);
    expect(bodyOf(answer)).toMatchObject({
      id: 10_001,
      amount: '5000.00',
      status: 'success',
      finalization_date: '2026-01-05T10:00:01.000000Z',
    });
    expect(core.ledger()).toHaveLength(1);
  });

  it('keeps external_id unique for each shop only', () => {
    const core = createCore();
    core.handle(submitRequest(), at(startedAt));
    const second = core.handle(submitRequest({ ...payoutBody, shop_code: 'second' }), at(startedAt));
    expect(second.reply.status).toBe(201);
    expect(core.ledger()).toHaveLength(2);
  });

  it('finds a payout by external_id in the scope of the shop', () => {
    const core = createCore();
    core.handle(submitRequest({ ...payoutBody, shop_code: 'second' }), at(startedAt));
    const path = '/api/v1/payouts/PAY-BDT-001';
    expect(bodyOf(core.handle(readRequest(path, { shop_code: 'second' }), at(startedAt)))).toEqual({
      id: 10_001,
      external_id: 'PAY-BDT-001',
      shop_code: 'second',
      status: 'pending',
      amount: '5000.00',
      currency: 'BDT',
      updated_at: '2026-01-05T10:00:00.000000Z',
    });
    const elsewhere = core.handle(readRequest(path), at(startedAt));
    expect(elsewhere.reply.status).toBe(404);
    expect(bodyOf(elsewhere)).toEqual({
      message: 'Payout not found',
      code: 'not_found',
      error: { code: 'not_found', message: 'Payout not found' },
    });
  });

  it('refuses for lack of balance and creates nothing, until there is enough', () => {
    const core = createCore();
    core.setBalance('BDT', '4999.99');
    const refused = core.handle(submitRequest(), at(startedAt));
    expect(refused.reply.status).toBe(422);
    expect(bodyOf(refused)).toMatchObject({ code: 'validation_error' });
    expect(String(bodyOf(refused).message)).toMatch(/^Insufficient balance/);
    expect(core.payouts()).toEqual([]);
    core.setBalance('BDT', '5000.00');
    expect(core.handle(submitRequest(), at(startedAt)).reply.status).toBe(201);
    const balance = readRequest('/api/v1/balance', { currency: 'BDT' });
    expect(bodyOf(core.handle(balance, at(startedAt)))).toMatchObject({ available: '0.00' });
  });

  it.each([
    [false, 200],
    [true, 422],
  ])('replays with an empty balance; balance checked first: %p', (balanceCheckedFirst, status) => {
    const core = createCore({ balanceCheckedFirst });
    core.setBalance('BDT', '5000');
    core.handle(submitRequest(), at(startedAt));
    expect(core.handle(submitRequest(), at(startedAt)).reply.status).toBe(status);
    expect(core.ledger()).toHaveLength(1);
  });

  it('credits what comes back, and debits again what is paid after all', () => {
    const core = createCore();
    core.script({
      match: { callerKey: 'PAY-BDT-001' },
      steps: [
        { status: 'success', afterMs: 10 },
        { status: 'refunded', afterMs: 10 },
        { status: 'failed', afterMs: 0 },
        { status: 'some_new_word', afterMs: 10 },
        { status: 'success', afterMs: 10 },
      ],
    });
    core.handle(submitRequest(), at(startedAt));
    expect(core.nextDueAt()).toBe(startedAt + 10);
    core.advance(at(startedAt + 40));
    expect(core.nextDueAt()).toBeUndefined();
    expect(core.ledger().map(({ kind, at: time }) => [kind, time - startedAt])).toEqual([
      ['debit', 0],
      ['credit', 20],
      ['debit', 40],
    ]);
    expect(core.payouts()[0]?.history.map(({ status }) => status)).toEqual([
      'pending',
      'success',
      'refunded',
      'failed',
      'some_new_word',
      'success',
    ]);
  });

  it('follows a script only as often as told and only where it matches', () => {
    const core = createCore();
    core.script({ match: { amount: '7.00' }, steps: [{ status: 'failed', afterMs: 0 }], times: 1 });
    const submit = (external_id: string, amount: string): unknown =>
      bodyOf(core.handle(submitRequest({ ...payoutBody, external_id, amount }), at(startedAt))).status;
    expect([submit('a', '8.00'), submit('b', '7.00'), submit('c', '7.00')]).toEqual([
      'pending',
      'failed',
      'pending',
    ]);
  });

  it('signs one webhook for each change, to callback_url or else to the shop', () => {
    const core = createCore();
    core.handle(submitRequest(), at(startedAt));
    core.handle(
      submitRequest({ ...payoutBody, external_id: 'b', callback_url: 'http://merchant.test/hook' }),
      at(startedAt),
    );
    core.handle(submitRequest({ ...payoutBody, external_id: 'c', shop_code: 'second' }), at(startedAt));
    const effects = core.advance(at(startedAt + 5_000));
    expect(effects.map(({ url }) => url)).toEqual([
      'http://merchant.test/shop-hook',
      'http://merchant.test/hook',
    ]);
    const [{ headers, body } = { headers: {}, body: '' }] = effects;
    expect(headers).toMatchObject({
      'x-timestamp': '2026-01-05T10:00:01.000000Z',
      'x-signature': createHmac('sha256', 'webhook-secret')
        .update(`2026-01-05T10:00:01.000000Z${body}`)
        .digest('hex'),
    });
    expect(JSON.parse(body)).toMatchObject({ external_id: 'PAY-BDT-001', status: 'success' });
  });

  it('knows its operations', () => {
    const core = createCore();
    expect(core.operationOf(submitRequest())).toBe('submit');
    expect(core.operationOf(readRequest('/api/v1/payouts/x'))).toBe('status');
    expect(core.operationOf(readRequest('/api/v1/balance'))).toBe('other');
    expect(core.operationOf(readRequest('/elsewhere'))).toBeUndefined();
    expect(core.handle(readRequest('/elsewhere'), at(startedAt)).reply.status).toBe(404);
    expect(core.submitFields(submitRequest())).toEqual({
      callerKey: 'PAY-BDT-001',
      amount: '5000.00',
      currency: 'BDT',
      beneficiary: '4111111111111111',
    });
    expect(core.submitFields(submitRequest({}))).toBeUndefined();
  });
});
