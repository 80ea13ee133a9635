import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { SimulatedReply, SimulatedRequest, WebhookEffect } from '../../src/simulators/provider-core';
import { createPontisCore } from '../../src/simulators/pontis/pontis-core';
import type { PontisCore } from '../../src/simulators/pontis/pontis-core';
import type { PontisOptions } from '../../src/simulators/pontis/pontis-options';

const START = Date.UTC(2026, 0, 31, 12);
const LOGIN = '/api/v1/user/login';
const SEND = '/api/v1/payouts/sendPayoutRequest';
const STATUS = '/api/v1/payouts/getPayoutStatus';
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SANDBOX_ID = /^sb_[0-9a-f]{12}_\d{2}_[0-9a-z]{6}_[0-9a-f]{8}$/;
const KEY_1 = '11111111-1111-4111-8111-111111111111';
const KEY_2 = '22222222-2222-4222-a222-222222222222';

const credentials = {
  apiKey: 'pk_test',
  encryptionSecret: Buffer.alloc(32, 5).toString('base64url'),
  hmacSecret: Buffer.alloc(32, 9).toString('base64url'),
  email: 'payouts@example.com',
  password: 'correct horse',
};

type Json = Record<string, unknown>;

/** What the test does to one request before it is sent. */
type Tampering = {
  readonly headers?: Record<string, string | undefined>;
  readonly body?: (body: string) => string;
  readonly timestamp?: string;
  readonly signingSecret?: string;
  readonly plaintext?: string;
  readonly method?: string;
};

const payout = (changes: Json = {}): Json => ({
  idempotency_key: KEY_1,
  country_code: 'PH',
  currency_code: 'PHP',
  payment_method: 'bank_local',
  source_amount: '10.00',
  source_currency: 'USDT',
  recipient_details: { name: 'Juan dela Cruz', account_number: '1234567890' },
  ...changes,
});

/** Drives a core like a client with its own cryptography and a clock of its own. */
class Driver {
  now = START;
  token = '';
  seed = 1;
  readonly webhooks: WebhookEffect[] = [];
  readonly core: PontisCore;

  constructor(options: Partial<PontisOptions> = {}) {
    this.core = createPontisCore({ mode: 'live', credentials, ...options });
    this.logIn();
  }

  readonly random = (): number => {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return (this.seed - 1) / 2_147_483_646;
  };

  context() {
    return { now: this.now, random: this.random };
  }

  request(path: string, payload: unknown, tampering: Tampering = {}): SimulatedRequest {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32, 5), iv);
    const text = tampering.plaintext ?? JSON.stringify(payload);
    const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
    const data = [iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url')).join(':');
    const timestamp = tampering.timestamp ?? String(Math.floor(this.now / 1000));
    const secret = Buffer.from(tampering.signingSecret ?? credentials.hmacSecret, 'base64url');
    const headers: Record<string, string | undefined> = {
      'content-type': 'application/json',
      'x-api-key': credentials.apiKey,
      'x-timestamp': timestamp,
      'x-signature': createHmac('sha256', secret).update(`${timestamp}.${data}`).digest('hex'),
      authorization: `Bearer ${this.token}`,
      ...tampering.headers,
    };
    const present = Object.entries(headers).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const body = JSON.stringify({ data });
    return {
      method: tampering.method ?? 'POST',
      path,
      query: {},
      headers: Object.fromEntries(present),
      body: tampering.body?.(body) ?? body,
    };
  }

  deliver(request: SimulatedRequest): SimulatedReply {
    const { reply, effects } = this.core.handle(request, this.context());
    this.webhooks.push(...effects);
    return reply;
  }

  call(path: string, payload: unknown, tampering?: Tampering): { status: number; body: Json } {
    const reply = this.deliver(this.request(path, payload, tampering));
    return { status: reply.status, body: JSON.parse(reply.body) };
  }

  logIn(): void {
    const { email, password } = credentials;
    const reply = this.call(LOGIN, { email, password }, { headers: { authorization: undefined } });
    this.token = String((reply.body['data'] as Json)['access_token']);
  }

  send(changes: Json = {}, tampering?: Tampering) {
    return this.call(SEND, payout(changes), tampering);
  }

  accept(changes: Json = {}): string {
    const reply = this.send(changes);
    expect(reply.status).toBe(201);
    return String((reply.body['data'] as Json)['transaction_id']);
  }

  status(transactionId: string): Json {
    const reply = this.call(STATUS, { transaction_id: transactionId });
    expect(reply.status).toBe(200);
    return reply.body['data'] as Json;
  }

  pass(ms: number): void {
    this.now += ms;
    this.webhooks.push(...this.core.advance(this.context()));
  }

  ledgerKinds(): string[] {
    return this.core.ledger().map(({ kind }) => kind);
  }
}

const refusal = (status: number, code: string, message: unknown = expect.any(String)) => ({
  status,
  body: {
    ok: false,
    request_id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    error: { code, message },
  },
});

const acceptance = (transactionId: unknown, status = 'pending', httpStatus = 201) => ({
  status: httpStatus,
  body: { ok: true, data: { transaction_id: transactionId, status } },
});

describe('login', () => {
  it('answers a bearer token bound to account and mode', () => {
    const driver = new Driver({ accountId: 'acct_1' });
    const reply = driver.call(LOGIN, { email: credentials.email, password: credentials.password });
    expect(reply).toEqual({
      status: 200,
      body: { ok: true, data: { access_token: expect.any(String), token_type: 'Bearer', expires_in: 900 } },
    });
    const claims = JSON.parse(Buffer.from(driver.token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: 'acct_1', mode: 'live', exp: START / 1000 + 900 });
  });

  it.each([
    ['a wrong password', { email: credentials.email, password: 'wrong' }, 401, 'unauthorized'],
    ['an unknown address', { email: 'x@example.com', password: credentials.password }, 401, 'unauthorized'],
    ['a missing password', { email: credentials.email }, 400, 'validation_error'],
    ['a field too many', { ...credentials }, 400, 'validation_error'],
  ])('refuses %s', (_case, payload, status, code) => {
    expect(new Driver().call(LOGIN, payload)).toEqual(refusal(status, code));
  });

  it('refuses a suspended account as unauthorized', () => {
    const driver = new Driver();
    driver.core.adjust({ accountState: 'account_suspended' });
    expect(driver.call(LOGIN, { email: credentials.email, password: credentials.password })).toEqual(
      refusal(401, 'unauthorized'),
    );
  });

  it('limits attempts within the window and allows them after it', () => {
    const driver = new Driver({ loginLimit: { attempts: 2, windowMs: 60_000 } });
    const logIn = () => driver.call(LOGIN, { email: credentials.email, password: credentials.password });
    expect(logIn().status).toBe(200);
    expect(logIn()).toEqual(refusal(429, 'rate_limited'));
    driver.pass(60_000);
    expect(logIn().status).toBe(200);
  });
});

describe('request authentication', () => {
  it('accepts a signed and encrypted send with a bearer token', () => {
    expect(new Driver().send()).toEqual(acceptance(expect.stringMatching(UUID_V4)));
  });

  it.each<[string, Tampering, number, string]>([
    ['no API key', { headers: { 'x-api-key': undefined } }, 401, 'unauthorized'],
    ['another API key', { headers: { 'x-api-key': 'pk_other' } }, 401, 'unauthorized'],
    ['no timestamp', { headers: { 'x-timestamp': undefined } }, 401, 'unauthorized'],
    ['a timestamp in milliseconds', { timestamp: String(START) }, 401, 'unauthorized'],
    ['an ISO timestamp', { timestamp: new Date(START).toISOString() }, 401, 'unauthorized'],
    ['a timestamp 301 seconds old', { timestamp: String(START / 1000 - 301) }, 401, 'unauthorized'],
    ['a timestamp 301 seconds ahead', { timestamp: String(START / 1000 + 301) }, 401, 'unauthorized'],
    [
      'a timestamp that was not signed',
      { headers: { 'x-timestamp': `${START / 1000 + 1}` } },
      401,
      'invalid_signature',
    ],
    ['no signature', { headers: { 'x-signature': undefined } }, 401, 'invalid_signature'],
    ['a signature of zeros', { headers: { 'x-signature': '0'.repeat(64) } }, 401, 'invalid_signature'],
    ['another signing secret', { signingSecret: 'AAAA' }, 401, 'invalid_signature'],
    ['a tampered blob', { body: (body) => body.replace(/.{4}"}$/, 'AAAA"}') }, 401, 'invalid_signature'],
    ['no content type', { headers: { 'content-type': undefined } }, 400, 'bad_request'],
    ['a form content type', { headers: { 'content-type': 'text/plain' } }, 400, 'bad_request'],
    ['a body that is no JSON', { body: () => '{' }, 400, 'bad_request'],
    ['a body that is no object', { body: () => '"data"' }, 400, 'bad_request'],
    ['a body without data', { body: () => '{}' }, 400, 'bad_request'],
    ['a body with another field', { body: (body) => body.replace('{', '{"x":1,') }, 400, 'bad_request'],
    ['a body over 64 KB', { body: (body) => body + ' '.repeat(65_536) }, 413, 'bad_request'],
    ['a payload that is no JSON', { plaintext: 'hello' }, 400, 'bad_request'],
    ['no bearer token', { headers: { authorization: undefined } }, 401, 'unauthorized'],
    ['a token without Bearer', { headers: { authorization: 'abc' } }, 401, 'unauthorized'],
    ['a token of nobody', { headers: { authorization: 'Bearer a.b.c' } }, 401, 'unauthorized'],
    ['the method GET', { method: 'GET' }, 404, 'not_found'],
  ])('refuses %s', (_case, tampering, status, code) => {
    const driver = new Driver();
    expect(driver.send({}, tampering)).toEqual(refusal(status, code));
    expect(driver.core.ledger()).toEqual([]);
  });

  it.each([-300, 300])('accepts a timestamp that drifts by %d seconds', (drift) => {
    expect(new Driver().send({}, { timestamp: String(START / 1000 + drift) }).status).toBe(201);
  });

  it('refuses a blob that was tampered with and signed again', () => {
    const driver = new Driver();
    const request = driver.request(SEND, payout());
    const { data } = JSON.parse(request.body) as { data: string };
    const tampered = data.replace(/.{4}$/, 'AAAA');
    const signature = createHmac('sha256', Buffer.alloc(32, 9))
      .update(`${START / 1000}.${tampered}`)
      .digest('hex');
    const reply = driver.deliver({
      ...request,
      headers: { ...request.headers, 'x-signature': signature },
      body: JSON.stringify({ data: tampered }),
    });
    expect(reply.status).toBe(400);
    expect(reply.body).toContain('bad_request');
  });

  it('tells an expired token from a wrong one', () => {
    const driver = new Driver();
    driver.pass(899_000);
    expect(driver.call(STATUS, { transaction_id: KEY_1 }).status).toBe(404);
    driver.pass(1_000);
    expect(driver.send()).toEqual(refusal(401, 'jwt_expired'));
    driver.logIn();
    expect(driver.send().status).toBe(201);
  });

  it.each(['unauthorized', 'jwt_expired'] as const)(
    'refuses invalidated tokens as %s until the next login',
    (code) => {
      const driver = new Driver();
      driver.core.invalidateTokens(code);
      expect(driver.send()).toEqual(refusal(401, code));
      driver.logIn();
      expect(driver.send().status).toBe(201);
    },
  );

  it('refuses a token of the other mode', () => {
    const sandbox = new Driver({ mode: 'sandbox' });
    const live = new Driver();
    live.token = sandbox.token;
    expect(live.send()).toEqual(refusal(401, 'unauthorized'));
  });

  it('refuses a token whose claims were edited', () => {
    const driver = new Driver();
    const [header, claims = '', signature] = driver.token.split('.');
    const edited = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Json;
    const payload = Buffer.from(JSON.stringify({ ...edited, exp: 9_999_999_999 })).toString('base64url');
    driver.token = `${header}.${payload}.${signature}`;
    expect(driver.send()).toEqual(refusal(401, 'unauthorized'));
  });

  it('answers 404 for an unknown path', () => {
    expect(new Driver().call('/api/v1/payouts', {})).toEqual(refusal(404, 'not_found'));
  });

  it('sends the date of its own clock', () => {
    const driver = new Driver();
    const reply = driver.deliver(driver.request(SEND, payout(), { timestamp: '1' }));
    expect(reply.status).toBe(401);
    expect(reply.headers['date']).toBe('Sat, 31 Jan 2026 12:00:00 GMT');
  });
});

describe('payout validation', () => {
  const recipient = { name: 'Asha Rao', account_number: '000123', ifsc: 'HDFC0001234' };

  it.each<[string, Json]>([
    ['no idempotency key', { idempotency_key: undefined }],
    ['a key that is no UUID', { idempotency_key: 'payout-1' }],
    ['a UUID v1', { idempotency_key: '11111111-1111-1111-8111-111111111111' }],
    ['a UUID v7', { idempotency_key: '11111111-1111-7111-8111-111111111111' }],
    ['a UUID v4 with a foreign variant', { idempotency_key: '11111111-1111-4111-c111-111111111111' }],
    ['no country', { country_code: undefined }],
    ['a lower-case country', { country_code: 'ph' }],
    ['an alpha-3 country', { country_code: 'PHL' }],
    ['a country that does not exist', { country_code: 'XX' }],
    ['no currency', { currency_code: undefined }],
    ['a lower-case currency', { currency_code: 'php' }],
    ['no payment method', { payment_method: undefined }],
    ['an empty payment method', { payment_method: '' }],
    ['a numeric amount', { source_amount: 10 }],
    ['no amount', { source_amount: undefined }],
    ['a zero amount', { source_amount: '0.00' }],
    ['a negative amount', { source_amount: '-10.00' }],
    ['an amount without decimals', { source_amount: '10' }],
    ['an amount with three decimals', { source_amount: '10.001' }],
    ['an amount with an exponent', { source_amount: '1e3' }],
    ['an amount with a leading zero', { source_amount: '010.00' }],
    ['an amount with a separator', { source_amount: '1,000.00' }],
    ['a null source currency', { source_currency: null }],
    ['no recipient', { recipient_details: undefined }],
    ['a recipient without a name', { recipient_details: { account_number: '1' } }],
    ['a recipient with a blank name', { recipient_details: { name: ' ', account_number: '1' } }],
    ['a bank recipient without an account', { recipient_details: { name: 'Juan' } }],
    ['a numeric account', { recipient_details: { name: 'Juan', account_number: 123 } }],
    [
      'imps without an IFSC',
      { country_code: 'IN', payment_method: 'imps', recipient_details: { ...recipient, ifsc: undefined } },
    ],
    [
      'imps with a malformed IFSC',
      { country_code: 'IN', payment_method: 'imps', recipient_details: { ...recipient, ifsc: 'HDFC1' } },
    ],
    ['imps outside India', { payment_method: 'imps', recipient_details: recipient }],
    ['an empty purpose', { purpose_of_payment: '' }],
    ['an unknown field', { callback_url: 'https://example.com' }],
  ])('refuses %s', (_case, changes) => {
    const driver = new Driver();
    expect(driver.send(changes)).toEqual(refusal(400, 'validation_error'));
    expect(driver.core.payouts()).toEqual([]);
  });

  it.each<[string, Json]>([
    ['an upper-case key', { idempotency_key: 'ABCDEF00-1111-4111-B111-111111111111' }],
    ['one cent', { source_amount: '0.01' }],
    ['no source currency', { source_currency: undefined }],
    [
      'imps in India',
      { country_code: 'IN', currency_code: 'INR', payment_method: 'imps', recipient_details: recipient },
    ],
    [
      'a wallet method without an account',
      { payment_method: 'gcash', recipient_details: { name: 'Juan', phone_number: '+63' } },
    ],
    [
      'every optional field',
      { payment_network: 'x', purpose_of_payment: 'salary', source_of_funds: 'sales' },
    ],
  ])('accepts %s', (_case, changes) => {
    expect(new Driver().send(changes).status).toBe(201);
  });

  it('accepts fewer decimals when the account is set up so', () => {
    const driver = new Driver({ amountDecimals: 'at-most-two' });
    expect(driver.send({ source_amount: '10' }).status).toBe(201);
    expect(driver.send({ source_amount: '10.5', idempotency_key: KEY_2 }).status).toBe(201);
    expect(driver.send({ source_amount: '10.555' })).toEqual(refusal(400, 'validation_error'));
    expect(driver.send({ source_amount: '0' })).toEqual(refusal(400, 'validation_error'));
  });

  it.each<[unknown]>([[[]], [null], ['text'], [{}]])('refuses the payload %j', (payload) => {
    expect(new Driver().call(SEND, payload)).toEqual(refusal(400, 'validation_error'));
  });
});

describe('business rules', () => {
  it('refuses what the balance does not cover and names what is available', () => {
    const driver = new Driver();
    driver.core.setBalance('USDT', '15');
    driver.accept();
    expect(driver.send({ idempotency_key: KEY_2 })).toEqual(
      refusal(422, 'insufficient_funds', 'Insufficient available balance. Available: 5.00 USDT'),
    );
    expect(driver.send({ idempotency_key: KEY_2, source_amount: '5.00' }).status).toBe(201);
  });

  it('keeps balances of currencies apart', () => {
    const driver = new Driver();
    driver.core.setBalance('USDC', '0');
    expect(driver.send().status).toBe(201);
    expect(driver.send({ idempotency_key: KEY_2, source_currency: 'USDC' })).toEqual(
      refusal(422, 'insufficient_funds', 'Insufficient available balance. Available: 0.00 USDC'),
    );
  });

  it('refuses above the cap of one payout', () => {
    const driver = new Driver({ limits: { perPayout: '9.99' } });
    expect(driver.send()).toEqual(refusal(422, 'per_payout_limit_exceeded'));
    expect(driver.send({ source_amount: '9.99' }).status).toBe(201);
  });

  it('refuses above the cap of a day and accepts on the next', () => {
    const driver = new Driver({ limits: { daily: '15' } });
    driver.accept();
    expect(driver.send({ idempotency_key: KEY_2 })).toEqual(refusal(422, 'daily_limit_exceeded'));
    driver.pass(12 * 3_600_000);
    driver.logIn();
    expect(driver.send({ idempotency_key: KEY_2 }).status).toBe(201);
  });

  it('refuses above the cap of a month and accepts in the next', () => {
    const driver = new Driver({ limits: { monthly: '10' } });
    driver.accept();
    expect(driver.send({ idempotency_key: KEY_2 })).toEqual(refusal(422, 'monthly_limit_exceeded'));
    driver.pass(12 * 3_600_000);
    driver.logIn();
    expect(driver.send({ idempotency_key: KEY_2 }).status).toBe(201);
  });

  it('refuses screened names whatever their case and spacing', () => {
    const driver = new Driver({ screenedNames: ['juan DELA cruz'] });
    const name = ' Juan  dela Cruz';
    expect(driver.send({ recipient_details: { name, account_number: '1' } })).toEqual(
      refusal(422, 'screening_failed'),
    );
    expect(driver.send({ recipient_details: { name: 'Juan', account_number: '1' } }).status).toBe(201);
  });

  it('refuses as many sends for a moved rate as it is told', () => {
    const driver = new Driver();
    driver.core.adjust({ rateMovedSubmits: 2 });
    expect(driver.send()).toEqual(refusal(422, 'rate_moved'));
    expect(driver.send()).toEqual(refusal(422, 'rate_moved'));
    expect(driver.send().status).toBe(201);
  });

  it('repeats the refusal of a key that a refusal burns', () => {
    const driver = new Driver({ refusalBurnsKey: true });
    driver.core.adjust({ rateMovedSubmits: 1 });
    expect(driver.send()).toEqual(refusal(422, 'rate_moved'));
    expect(driver.send()).toEqual(refusal(422, 'rate_moved'));
    expect(driver.send({ idempotency_key: KEY_2 }).status).toBe(201);
  });

  it('throttles sends and reads apart', () => {
    const driver = new Driver();
    driver.core.adjust({ rateLimitedSubmits: 1, rateLimitedReads: 1 });
    expect(driver.send()).toEqual(refusal(429, 'rate_limited'));
    const id = driver.accept();
    expect(driver.call(STATUS, { transaction_id: id })).toEqual(refusal(429, 'rate_limited'));
    expect(driver.status(id)).toMatchObject({ status: 'pending' });
  });

  it.each([
    ['forbidden', 403],
    ['ip_not_allowed', 403],
    ['account_suspended', 403],
    ['wallet_frozen', 409],
  ] as const)('refuses sends while the account is %s', (accountState, status) => {
    const driver = new Driver();
    driver.core.adjust({ accountState });
    expect(driver.send()).toEqual(refusal(status, accountState));
    driver.core.adjust({ accountState: 'active' });
    expect(driver.send().status).toBe(201);
  });
});

describe('replayed sends', () => {
  it('answer the original transaction and debit once', () => {
    const driver = new Driver();
    const id = driver.accept();
    driver.pass(10_000);
    expect(driver.send()).toEqual(acceptance(id));
    expect(driver.send({ idempotency_key: KEY_1.toUpperCase() })).toEqual(acceptance(id));
    expect(driver.core.ledger()).toEqual([
      {
        sequence: 1,
        at: START,
        kind: 'debit',
        providerPayoutId: id,
        callerKey: KEY_1,
        amount: '10.00',
        currency: 'USDT',
        beneficiary: '1234567890',
      },
    ]);
  });

  it('answer 200 and the current status when the account is set up so', () => {
    const driver = new Driver({ replayStatus: 200, replayedState: 'current' });
    const id = driver.accept();
    driver.pass(10_000);
    expect(driver.send()).toEqual(acceptance(id, 'completed', 200));
  });

  it('answer insufficient_funds although the first send was accepted and took the balance', () => {
    const driver = new Driver();
    driver.core.setBalance('USDT', '10.00');
    const id = driver.accept();
    expect(driver.send()).toEqual(
      refusal(422, 'insufficient_funds', 'Insufficient available balance. Available: 0.00 USDT'),
    );
    expect(driver.ledgerKinds()).toEqual(['debit']);
    driver.core.setBalance('USDT', '10.00');
    expect(driver.send()).toEqual(acceptance(id));
    expect(driver.ledgerKinds()).toEqual(['debit']);
  });

  it.each(['daily', 'monthly'] as const)('answer the %s cap although the first send was accepted', (cap) => {
    const driver = new Driver({ limits: { [cap]: '10' } });
    driver.accept();
    expect(driver.send()).toEqual(refusal(422, `${cap}_limit_exceeded`));
    expect(driver.ledgerKinds()).toEqual(['debit']);
  });

  it('are recognised first when the account checks after the key', () => {
    const driver = new Driver({ checksBeforeDedup: false, limits: { daily: '10' } });
    driver.core.setBalance('USDT', '10.00');
    const id = driver.accept();
    driver.core.adjust({ accountState: 'wallet_frozen', rateMovedSubmits: 1 });
    expect(driver.send()).toEqual(acceptance(id));
    expect(driver.send({ idempotency_key: KEY_2 })).toEqual(refusal(409, 'wallet_frozen'));
  });

  it('answer the original for another payload and are reported', () => {
    const driver = new Driver();
    const id = driver.accept();
    expect(driver.send({ source_amount: '99.00' })).toEqual(acceptance(id));
    expect(driver.send()).toEqual(acceptance(id));
    expect(driver.core.conflictingReplays()).toEqual([KEY_1]);
    expect(driver.core.ledger()).toHaveLength(1);
  });

  it('pay again once the account has forgotten the key', () => {
    const driver = new Driver({ keyLifetimeMs: 60_000 });
    const id = driver.accept();
    driver.pass(59_999);
    expect(driver.accept()).toBe(id);
    driver.pass(1);
    expect(driver.accept()).not.toBe(id);
    expect(driver.ledgerKinds()).toEqual(['debit', 'debit']);
  });
});

describe('statuses', () => {
  it('go from pending over processing to completed in live mode', () => {
    const driver = new Driver({ delays: { processingMs: 100, settlementMs: 200 } });
    const id = driver.accept();
    expect(driver.core.nextDueAt()).toBe(START + 100);
    expect(driver.status(id)).toEqual({ transaction_id: id, status: 'pending', status_message: null });
    driver.pass(100);
    expect(driver.status(id)['status']).toBe('processing');
    driver.pass(199);
    expect(driver.status(id)['status']).toBe('processing');
    driver.pass(1);
    expect(driver.status(id)).toEqual({ transaction_id: id, status: 'completed', status_message: null });
    expect(driver.core.nextDueAt()).toBeUndefined();
    expect(driver.core.payouts()).toEqual([
      expect.objectContaining({
        providerPayoutId: id,
        status: 'completed',
        history: [
          { status: 'pending', at: START },
          { status: 'processing', at: START + 100 },
          { status: 'completed', at: START + 300 },
        ],
      }),
    ]);
  });

  it('are entered at their own time when the host is late', () => {
    const driver = new Driver();
    driver.core.script({
      match: { callerKey: KEY_1 },
      steps: [{ status: 'failed', afterMs: 500 }],
    });
    driver.accept();
    driver.pass(60_000);
    expect(driver.core.ledger().map(({ kind, at }) => [kind, at])).toEqual([
      ['debit', START],
      ['credit', START + 500],
    ]);
  });

  it('can be read as a bare object', () => {
    const driver = new Driver({ statusReply: 'flat' });
    const id = driver.accept();
    expect(driver.call(STATUS, { transaction_id: id }).body).toEqual({
      transaction_id: id,
      status: 'pending',
      status_message: null,
    });
  });

  it.each([
    ['an unknown UUID', { transaction_id: KEY_2 }, 404, 'not_found'],
    ['an unknown sandbox id', { transaction_id: 'sb_nope' }, 404, 'not_found'],
    ['an id of another form', { transaction_id: 'tx-1' }, 400, 'validation_error'],
    ['no id', {}, 400, 'validation_error'],
    ['a look-up by idempotency key', { idempotency_key: KEY_1 }, 400, 'validation_error'],
  ])('refuse %s', (_case, payload, status, code) => {
    expect(new Driver().call(STATUS, payload)).toEqual(refusal(status, code));
  });

  it.each([
    ['10.00', 'completed', null],
    ['10.01', 'failed', 'Insufficient funds'],
    ['10.02', 'failed', 'Recipient not found'],
    ['10.03', 'pending', null],
    ['10.04', 'failed', 'Network error'],
    ['10.57', 'completed', null],
  ])('of %s end as %s in sandbox mode', (source_amount, status, status_message) => {
    const driver = new Driver({ mode: 'sandbox', callbackUrl: 'https://example.com/hook' });
    const id = driver.accept({ source_amount });
    expect(id).toMatch(SANDBOX_ID);
    driver.pass(800_000);
    expect(driver.status(id)).toEqual({ transaction_id: id, status, status_message });
    expect(driver.ledgerKinds()).toEqual(status === 'failed' ? ['debit', 'credit'] : ['debit']);
    expect(driver.webhooks).toEqual([]);
  });

  it('ignore magic cents in live mode', () => {
    const driver = new Driver();
    const id = driver.accept({ source_amount: '10.01' });
    driver.pass(60_000);
    expect(driver.status(id)['status']).toBe('completed');
  });
});

describe('approval', () => {
  it('is awaited above the limit and ends by itself when told so', () => {
    const driver = new Driver({ autoApprovalLimit: '10.00', approvalAfterMs: 1_000 });
    expect(driver.send()).toEqual(acceptance(expect.any(String), 'pending'));
    const reply = driver.send({ idempotency_key: KEY_2, source_amount: '10.01' });
    expect(reply).toEqual(acceptance(expect.any(String), 'pending_approval'));
    driver.pass(1_000 + 2_000 + 5_000);
    expect(driver.core.payouts()[1]?.history.map(({ status }) => status)).toEqual([
      'pending_approval',
      'pending',
      'processing',
      'completed',
    ]);
  });

  it.each([
    ['approved', 'completed', ['debit']],
    ['rejected', 'rejected', ['debit', 'credit']],
    ['canceled', 'canceled', ['debit', 'credit']],
  ] as const)('waits until it is %s', (decision, status, kinds) => {
    const driver = new Driver({ autoApprovalLimit: '1', tokenLifetimeSeconds: 1_000_000 });
    const reply = driver.send();
    const id = String((reply.body['data'] as Json)['transaction_id']);
    driver.pass(86_400_000);
    expect(driver.status(id)['status']).toBe('pending_approval');
    driver.core.decideApproval(id, decision, driver.now);
    driver.pass(60_000);
    expect(driver.status(id)['status']).toBe(status);
    expect(driver.ledgerKinds()).toEqual(kinds);
    expect(() => driver.core.decideApproval(id, decision, driver.now)).toThrow('does not await approval');
  });

  it('can be decided before it would end by itself', () => {
    const driver = new Driver({ autoApprovalLimit: '1', approvalAfterMs: 10_000 });
    const id = driver.accept();
    driver.core.decideApproval(id, 'rejected', driver.now);
    driver.pass(60_000);
    expect(driver.status(id)['status']).toBe('rejected');
    expect(driver.core.nextDueAt()).toBeUndefined();
  });
});

describe('scripts', () => {
  const steps = (...statuses: string[]) => statuses.map((status) => ({ status, afterMs: 1_000 }));

  it.each<[string[], string[], string]>([
    [['completed', 'reversed'], ['debit', 'credit'], 'reversed'],
    [['failed'], ['debit', 'credit'], 'failed'],
    [['failed', 'failed', 'canceled'], ['debit', 'credit'], 'canceled'],
    [['failed', 'completed'], ['debit', 'credit', 'debit'], 'completed'],
    [['processing', 'pending', 'processing'], ['debit'], 'processing'],
    [['on_hold'], ['debit'], 'on_hold'],
    [[], ['debit'], 'pending'],
  ])('take a payout through %j', (statuses, kinds, last) => {
    for (const mode of ['live', 'sandbox'] as const) {
      const driver = new Driver({ mode });
      driver.core.script({ match: { amount: '10.02' }, steps: steps(...statuses) });
      const id = driver.accept({ source_amount: '10.02' });
      driver.pass(60_000);
      expect(driver.status(id)['status']).toBe(last);
      expect(driver.ledgerKinds()).toEqual(kinds);
    }
  });

  it('give the balance back when a payout is reversed', () => {
    const driver = new Driver();
    driver.core.setBalance('USDT', '10');
    driver.core.script({ match: {}, steps: steps('completed', 'reversed') });
    driver.accept();
    expect(driver.send({ idempotency_key: KEY_2 }).status).toBe(422);
    driver.pass(2_000);
    expect(driver.send({ idempotency_key: KEY_2 }).status).toBe(201);
  });

  it('replace the status of the reply when they start at once with an initial status', () => {
    const driver = new Driver();
    driver.core.script({
      match: {},
      steps: [{ status: 'pending_approval', afterMs: 0 }, ...steps('rejected')],
    });
    expect(driver.send()).toEqual(acceptance(expect.any(String), 'pending_approval'));
  });

  it('apply in the order given, as often as told, and only to matching payouts', () => {
    const driver = new Driver();
    driver.core.script({ match: { beneficiary: '1234567890' }, steps: steps('failed'), times: 1 });
    driver.core.script({ match: { beneficiary: '1234567890' }, steps: steps('canceled'), times: 1 });
    driver.core.script({ match: { beneficiary: 'nobody' }, steps: steps('rejected') });
    for (const digit of ['1', '2', '3']) {
      driver.accept({ idempotency_key: KEY_1.replace(/1$/, digit) });
      driver.accept({ idempotency_key: KEY_1.replace(/1$/, digit) });
    }
    driver.pass(60_000);
    expect(driver.core.payouts().map(({ status }) => status)).toEqual(['failed', 'canceled', 'completed']);
  });

  it('use the given status messages', () => {
    const driver = new Driver({ statusMessages: { failed: 'Insufficient funds', completed: 'never shown' } });
    driver.core.script({ match: {}, steps: steps('failed') });
    const id = driver.accept();
    driver.pass(1_000);
    expect(driver.status(id)['status_message']).toBe('Insufficient funds');
  });
});

describe('callbacks', () => {
  const callbackUrl = 'https://example.com/hook';

  it('are signed and sent for final statuses only', () => {
    const driver = new Driver({ callbackUrl });
    driver.core.script({
      match: {},
      steps: ['processing', 'completed', 'reversed'].map((status) => ({ status, afterMs: 1_000 })),
    });
    const id = driver.accept();
    driver.pass(1_000);
    expect(driver.webhooks).toEqual([]);
    driver.pass(1_000);
    driver.pass(1_000);
    expect(driver.webhooks.map(({ body }) => JSON.parse(body) as Json)).toEqual([
      { transaction_id: id, status: 'completed', status_message: null },
      { transaction_id: id, status: 'reversed', status_message: expect.any(String) },
    ]);
    const [first, second] = driver.webhooks;
    const timestamp = String((START + 2_000) / 1000);
    const signature = createHmac('sha256', Buffer.alloc(32, 9))
      .update(`${timestamp}.${first?.body}`)
      .digest('hex');
    expect(first).toMatchObject({
      kind: 'webhook',
      url: callbackUrl,
      headers: {
        'content-type': 'application/json',
        'x-pontis-timestamp': timestamp,
        'x-pontis-signature': `sha256=${signature}`,
        'x-pontis-event-id': expect.stringMatching(UUID_V4),
      },
    });
    expect(first?.headers['x-pontis-event-id']).not.toBe(second?.headers['x-pontis-event-id']);
  });

  it('are returned by the request during which they became due', () => {
    const driver = new Driver({ callbackUrl });
    const id = driver.accept();
    driver.now += 60_000;
    expect(driver.status(id)['status']).toBe('completed');
    expect(driver.webhooks).toHaveLength(1);
  });

  it('keep the order of acceptance when they become due together', () => {
    const driver = new Driver({ callbackUrl });
    driver.core.script({ match: {}, steps: [{ status: 'failed', afterMs: 1_000 }] });
    const ids = Array.from({ length: 20 }, (_, index) =>
      driver.accept({ idempotency_key: KEY_1.replace(/1{2}$/, String(index + 10)) }),
    );
    driver.pass(60_000);
    expect(driver.webhooks.map(({ body }) => (JSON.parse(body) as Json)['transaction_id'])).toEqual(ids);
  });

  it('are not sent without a callback URL', () => {
    const driver = new Driver();
    driver.accept();
    driver.pass(60_000);
    expect(driver.webhooks).toEqual([]);
  });
});

describe('what hosts and fault plans see', () => {
  it('names operations', () => {
    const driver = new Driver();
    const operationOf = (path: string, method = 'POST') =>
      driver.core.operationOf(driver.request(path, {}, { method }));
    expect([LOGIN, SEND, STATUS].map((path) => operationOf(path))).toEqual(['login', 'submit', 'status']);
    expect(operationOf(SEND, 'GET')).toBeUndefined();
    expect(operationOf('/')).toBeUndefined();
  });

  it('reads the fields of a submit', () => {
    const driver = new Driver();
    const fields = (changes: Json, tampering?: Tampering) =>
      driver.core.submitFields(driver.request(SEND, payout(changes), tampering));
    expect(fields({ source_currency: undefined })).toEqual({
      callerKey: KEY_1,
      amount: '10.00',
      currency: 'USDT',
      beneficiary: '1234567890',
      beneficiaryName: 'Juan dela Cruz',
    });
    expect(fields({ recipient_details: { name: 'A', phone_number: '+63' } })?.beneficiary).toBe('+63');
    expect(fields({ recipient_details: { name: 'A' } })?.beneficiary).toBe('A');
    expect(fields({ recipient_details: [] })).toBeUndefined();
    expect(fields({ source_amount: 10 })).toBeUndefined();
    expect(fields({}, { plaintext: 'x' })).toBeUndefined();
    expect(fields({}, { body: () => '{"data":"a:b:c"}' })).toBeUndefined();
    expect(driver.core.submitFields(driver.request(STATUS, payout()))).toBeUndefined();
  });

  it.each([
    ['server-error', 500, 'internal_error'],
    ['in-progress', 409, 'request_in_progress'],
    ['rate-limited', 429, 'rate_limited'],
    ['expired-token', 401, 'jwt_expired'],
    ['not-found', 404, 'not_found'],
    ['insufficient-funds', 422, 'insufficient_funds'],
  ] as const)('has the canned reply %s', (kind, status, code) => {
    const driver = new Driver();
    driver.core.setBalance('USDT', '5');
    const reply = driver.core.cannedReply(kind, driver.context());
    expect({ status: reply.status, body: JSON.parse(reply.body) as Json }).toEqual(refusal(status, code));
    expect(reply.body.includes('Available: 5.00 USDT')).toBe(kind === 'insufficient-funds');
  });

  it('repeats a run exactly from the same seed', () => {
    const run = () => {
      const driver = new Driver({ callbackUrl: 'https://example.com/hook' });
      driver.core.script({ match: { callerKey: KEY_2 }, steps: [{ status: 'failed', afterMs: 7 }] });
      const replies = [
        driver.send(),
        driver.send({ idempotency_key: KEY_2 }),
        driver.send({ source_amount: 'x' }),
      ];
      driver.pass(60_000);
      return { replies, webhooks: driver.webhooks, ledger: driver.core.ledger() };
    };
    expect(run()).toEqual(run());
  });

  it('moves many payouts in the order in which they are due', () => {
    const driver = new Driver({ tokenLifetimeSeconds: 1_000_000 });
    const keys = Array.from({ length: 300 }, (_, index) =>
      KEY_1.replace(/1{3}$/, String(index).padStart(3, '0')),
    );
    keys.forEach((callerKey, index) => {
      driver.core.script({
        match: { callerKey },
        steps: [{ status: 'failed', afterMs: ((index * 7_919) % 300) + 1 }],
      });
      driver.accept({ idempotency_key: callerKey });
    });
    driver.pass(1_000);
    const credits = driver.core.ledger().filter(({ kind }) => kind === 'credit');
    expect(credits).toHaveLength(300);
    expect(credits.map(({ at }) => at)).toEqual(credits.map(({ at }) => at).sort((a, b) => a - b));
  });

  it('moves no money when a status is read', () => {
    const driver = new Driver();
    const id = driver.accept();
    driver.status(id);
    driver.status(id);
    expect(driver.core.ledger()).toHaveLength(1);
  });
});
