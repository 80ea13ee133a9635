import { createUndiciSender } from '../../src/http/undici-sender';
import type { PayoutRequest } from '../../src/domain/payout-request';
import { Secret } from '../../src/observability/secret';
import type { AccountSettings } from '../../src/providers/account-settings';
import { syncgramModule } from '../../src/providers/syncgram/module';
import type { FaultSpec } from '../../src/simulators/fault-spec';
import type { RunningSimulators } from '../../src/simulators/start-simulators';
import { startSimulators } from '../../src/simulators/start-simulators';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, policyOf, startHarness } from '../support/payout-harness';

/**
 * Quotes under faults: the adapter of production asks the simulator of Syncgram Pay over HTTP, on a real Temporal server.
 */
const sender = createUndiciSender();
let simulators: RunningSimulators;
let harness: PayoutHarness;
const harnesses: PayoutHarness[] = [];

beforeAll(async () => {
  // Paid at once: its clock is real, and that of the runs is not.
  simulators = await startSimulators({ syncgram: { delays: { processingAfterMs: 0, completedAfterMs: 0 } } });
  harness = await workers();
});
afterEach(() => simulators.syncgram.simulator.clearFaults());
afterAll(async () => {
  await Promise.all(harnesses.map((one) => one.stop()));
  await Promise.all([simulators.stop(), sender.close()]);
});

const policy = policyOf({
  approvers: ['alice', 'bob'],
  expiresAfterMs: 72 * 3_600_000,
  thresholds: {
    USD: [
      { from: '0', approvals: 0 },
      { from: '1000', approvals: 2 },
    ],
  },
  otherwise: 0,
});

async function workers(common: AccountSettings = {}): Promise<PayoutHarness> {
  const { url, credentials } = simulators.syncgram;
  const provider = syncgramModule.create(
    {
      account: 'main',
      mode: 'sandbox',
      baseUrl: url,
      common,
      settings: syncgramModule.settings.parse({}),
      credentials: {
        apiKey: new Secret(credentials.apiKey),
        webhookSecret: new Secret(credentials.webhookSecret),
      },
    },
    { send: sender.send, now: Date.now, randomBytes: (length) => new Uint8Array(length) },
  );
  const started = await startHarness(installationOf(provider, { policy }));
  harnesses.push(started);
  return started;
}

const priced = (changes: Partial<PayoutRequest> = {}): PayoutRequest =>
  payoutRequest({
    amount: { value: '12.00', side: 'source' },
    source: { currency: 'USD' },
    destination: { country: 'NG', currency: 'NGN' },
    beneficiary: {
      method: 'bank-account',
      name: 'Chidi Okafor',
      account: { accountNumber: '0123456785', bankCode: '058' },
    },
    payer: { email: 'payer@example.com' },
    ...changes,
  });

function disturb(
  fault: FaultSpec['fault'],
  times: FaultSpec['times'] = 1,
  operation: 'quote' | 'submit' = 'quote',
): void {
  simulators.syncgram.simulator.addFault({ match: { operation }, times, fault });
}

const quotesAsked = (): number =>
  simulators.syncgram.simulator.requests().filter(({ operation }) => operation === 'quote').length;
const debits = (payoutKey: string | undefined): number =>
  simulators.syncgram.simulator
    .ledger()
    .filter(({ kind, callerKey }) => kind === 'debit' && callerKey === payoutKey).length;
const holdsOf = async (payout: StartedPayout): Promise<readonly (string | undefined)[]> =>
  (await payout.timeline()).filter(({ type }) => type === 'held').map(({ code }) => code);
const resume = (payout: StartedPayout): Promise<unknown> =>
  payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'ops' }] });
const cancel = (payout: StartedPayout): Promise<unknown> =>
  payout.handle.executeUpdate<unknown, [unknown]>('cancel', { args: [{ schema: 1, by: 'dora' }] });

const page = '<!doctype html><html><body>Access denied</body></html>';
const inHtml = (status: number): FaultSpec['fault'] => ({ kind: 'garbage', status, content: 'html' });

describe('a quote that fails once is asked for again within seconds, and nobody is told', () => {
  test.each<[string, FaultSpec['fault']]>([
    ['503', { kind: 'server-error', processed: false, status: 503 }],
    ['502 with a page', { kind: 'server-error', processed: false, status: 502, body: page }],
    ['a connection that is cut before', { kind: 'cut-before-processing' }],
    ['a connection that is cut after', { kind: 'cut-after-processing' }],
    ['a reply that breaks off', { kind: 'truncated-json' }],
    ['a reply that breaks off in time', { kind: 'truncated-json', variant: 'valid-length' }],
    ['a page instead of JSON', inHtml(200)],
    ['bytes instead of JSON', { kind: 'garbage', content: 'bytes' }],
    ['an empty 200', { kind: 'refuse', status: 200, body: '' }],
    ['an empty object', { kind: 'refuse', status: 200, body: {} }],
    ['a reply without end', { kind: 'oversized', bytes: 1_000_000 }],
    ['403 in foreign words', inHtml(403)],
    ['404 in foreign words', inHtml(404)],
    ['422 in foreign words', inHtml(422)],
    ['408', { kind: 'refuse', status: 408 }],
    ['409', { kind: 'in-progress' }],
    ['429', { kind: 'rate-limited' }],
  ])('%s', async (_, fault) => {
    disturb(fault);
    const before = quotesAsked();
    const payout = await harness.start(priced());
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { sends: 1, generation: 1 } });
    expect(await holdsOf(payout)).toEqual([]);
    expect(quotesAsked() - before).toBe(2);
    const story = await payout.story();
    expect(story.slice(story.indexOf('quote-failed'))).toEqual(
      expect.arrayContaining(['quote-failed', 'quoted', 'send-started', 'accepted']),
    );
    const waitedMs = (await when(payout, 'quoted')) - (await when(payout, 'quote-failed'));
    expect(waitedMs).toBeGreaterThanOrEqual(1_000);
    expect(waitedMs).toBeLessThan(60_000);
  });
});

const when = async (payout: StartedPayout, type: string): Promise<number> =>
  (await payout.timeline()).find((event) => event.type === type)?.at ?? Number.NaN;

describe('Retry-After is kept', () => {
  test.each<[string, () => string, number]>([
    ['in seconds', () => '20', 20_000],
    ['as a date', () => new Date(Date.now() + 90_000).toUTCString(), 85_000],
  ])('%s', async (_, retryAfter, leastMs) => {
    disturb({ kind: 'rate-limited', retryAfter: retryAfter() });
    const payout = await harness.start(priced());
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect((await when(payout, 'quoted')) - (await when(payout, 'quote-failed'))).toBeGreaterThanOrEqual(
      leastMs,
    );
    expect(await holdsOf(payout)).toEqual([]);
  });

  test('of a 503, too', async () => {
    disturb({ kind: 'refuse', status: 503, headers: { 'retry-after': '30' } });
    const payout = await harness.start(priced());
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect((await when(payout, 'quoted')) - (await when(payout, 'quote-failed'))).toBeGreaterThanOrEqual(
      30_000,
    );
  });

  test('a long one can be seen, and the payout be cancelled in it', async () => {
    disturb({ kind: 'rate-limited', retryAfter: '1200' });
    const payout = await harness.start(priced());
    const { held } = await payout.until('held', (state) => state.held !== undefined);
    expect(held).toMatchObject({ reason: 'provider_unavailable', owner: 'operations' });
    expect((held?.nextCheckAt ?? 0) - (held?.since ?? 0)).toBeGreaterThanOrEqual(1_200_000);
    expect(await cancel(payout)).toBe('cancelled');
    expect(await payout.handle.result()).toMatchObject({ status: 'cancelled', moneyMoved: 'no' });
  });
});

describe('a provider that gives no price for long', () => {
  it('is asked for five minutes, then the payout is held for operations, and goes on by itself', async () => {
    disturb({ kind: 'server-error', processed: false, status: 503 }, 'unlimited');
    const before = quotesAsked();
    const payout = await harness.start(priced());
    await payout.fastForward('7m');
    const { held, status } = await payout.until('held', (state) => state.held !== undefined);
    expect(status).toBe('screening');
    expect(held).toMatchObject({ reason: 'provider_unavailable', owner: 'operations', note: 'server_error' });
    expect(quotesAsked() - before).toBeLessThanOrEqual(12);
    simulators.syncgram.simulator.clearFaults();
    await payout.fastForward('16m');
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(await holdsOf(payout)).toEqual(['provider_unavailable']);
  });

  it('is asked at once when somebody resumes', async () => {
    disturb({ kind: 'cut-before-processing' }, 'unlimited');
    const payout = await harness.start(priced());
    await payout.fastForward('7m');
    await payout.until('held', (state) => state.held?.reason === 'provider_unavailable');
    simulators.syncgram.simulator.clearFaults();
    expect(await resume(payout)).toEqual({ resumed: 'provider_unavailable' });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
  });

  it('expires the payout when the hold comes to its deadline', async () => {
    disturb({ kind: 'server-error', processed: false }, 'unlimited');
    const payout = await harness.start(priced());
    await payout.fastForward('80h');
    expect(await payout.handle.result()).toMatchObject({
      status: 'expired',
      reason: 'hold_expired',
      moneyMoved: 'no',
    });
  });

  it.each([
    ['while it is asked again', 90_000],
    ['while it is held', 20 * 60_000],
  ])('expires the payout when it is no longer wished for, %s', async (_, wishedForMs) => {
    disturb({ kind: 'server-error', processed: false, status: 503 }, 'unlimited');
    const notAfter = new Date(Date.now() + wishedForMs).toISOString();
    const payout = await harness.start(priced({ notAfter }));
    const end = await payout.skipToEnd();
    expect(end).toMatchObject({ status: 'expired', reason: 'not_after_passed', moneyMoved: 'no' });
    expect(end.updatedAt - Date.parse(notAfter)).toBeLessThan(60_000);
  });

  it('is cancelled between two tries', async () => {
    disturb({ kind: 'server-error', processed: false, status: 503 }, 'unlimited');
    const payout = await harness.start(priced());
    await payout.until('a failed quote', (state) => state.events > 3);
    expect(await cancel(payout)).toBe('cancelled');
    expect(await payout.handle.result()).toMatchObject({ status: 'cancelled' });
  });

  it('keeps the approvals that were given on an earlier price', async () => {
    const payout = await harness.start(priced({ amount: { value: '1200.00', side: 'source' } }));
    const { approval } = await payout.until('asked', (state) => state.approval?.open === true);
    // Long after the price that they see has run out.
    await payout.fastForward('2h');
    disturb({ kind: 'server-error', processed: false, status: 503 }, 3);
    for (const by of ['alice', 'bob'])
      await payout.handle.executeUpdate<unknown, [unknown]>('decide', {
        args: [{ schema: 1, by, decision: 'approve', digest: approval?.digest }],
      });
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { sends: 1 } });
    expect(await holdsOf(payout)).toEqual([]);
    expect(await payout.story()).not.toContain('approval-voided');
  });
});

describe('a price that fails once more after a hold', () => {
  const down = { kind: 'server-error', processed: false, status: 503 } as const;

  it('is asked for within seconds after a top-up, however long it had failed before', async () => {
    const payout = await (async () => {
      disturb(down, 9);
      disturb({ kind: 'refuse', canned: 'insufficient-funds' });
      disturb(down, 2);
      return harness.start(priced());
    })();
    await payout.fastForward('7m');
    await payout.until('held', (state) => state.held?.reason === 'insufficient_funds');
    await resume(payout);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { sends: 1 } });
    expect(await holdsOf(payout)).toEqual(['insufficient_funds']);
  });

  it('keeps a Retry-After that is longer than the recheck', async () => {
    disturb(down, 10);
    disturb({ kind: 'rate-limited', retryAfter: '7200' });
    const payout = await harness.start(priced());
    await payout.fastForward('10m');
    const { held } = await payout.until('held', (state) => state.held !== undefined);
    expect((held?.nextCheckAt ?? 0) - (held?.since ?? 0)).toBeGreaterThanOrEqual(7_200_000);
    expect(await cancel(payout)).toBe('cancelled');
  });
});

describe('a slow quote', () => {
  it('has the time that the account allows', async () => {
    disturb({ kind: 'latency', ms: 6_000 }, 'unlimited');
    const payout = await harness.start(priced());
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(await holdsOf(payout)).toEqual([]);
    expect(await payout.story()).not.toContain('quote-failed');
  });

  it('past that is held as a missing quote, never as a failure of ours', async () => {
    const impatient = await workers({ readTimeoutMs: 200 });
    disturb({ kind: 'hang' }, 'unlimited');
    const payout = await impatient.start(priced());
    await payout.fastForward('7m');
    const { held } = await payout.until('held', (state) => state.held !== undefined);
    expect(held).toMatchObject({ reason: 'quote_unavailable', note: 'timeout' });
    simulators.syncgram.simulator.clearFaults();
    await resume(payout);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid' });
    expect(await holdsOf(payout)).toEqual(['quote_unavailable']);
  });

  it('is not waited for by whoever cancels', async () => {
    const patient = await workers({ readTimeoutMs: 60_000 });
    disturb({ kind: 'hang' }, 'unlimited');
    const before = quotesAsked();
    const payout = await patient.start(priced());
    // The second one is the one that may take long.
    for (let tries = 0; tries < 400 && quotesAsked() < before + 2; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 25));
    expect(await cancel(payout)).toBe('cancelled');
    expect(await payout.handle.result()).toMatchObject({ status: 'cancelled', moneyMoved: 'no' });
    expect(quotesAsked()).toBe(before + 2);
  });
});

describe('a refusal of a price', () => {
  it('ends the payout where the provider does not exchange the pair', async () => {
    const payout = await harness.start(priced({ destination: { country: 'KE', currency: 'KES' } }));
    expect(await payout.handle.result()).toMatchObject({
      status: 'failed',
      reason: 'provider_pair_unsupported',
      moneyMoved: 'no',
    });
    expect(await holdsOf(payout)).toEqual([]);
    expect((await payout.timeline()).find(({ type }) => type === 'quote-failed')).toMatchObject({
      code: 'pair_unsupported',
    });
  });

  test.each<[string, FaultSpec['fault'], object]>([
    [
      'a low balance',
      { kind: 'refuse', canned: 'insufficient-funds' },
      { reason: 'insufficient_funds', owner: 'treasury' },
    ],
    [
      'an account that is suspended',
      { kind: 'refuse', status: 403, body: { error_code: 'FORBIDDEN' } },
      { reason: 'account_suspended', owner: 'operations' },
    ],
    [
      'a wrong path',
      { kind: 'refuse', canned: 'not-found' },
      { reason: 'account_misconfigured', owner: 'engineering' },
    ],
    [
      'words that say nothing',
      {
        kind: 'refuse',
        status: 400,
        body: { error_code: 'BAD_REQUEST', detail: 'Payouts are not possible' },
      },
      { reason: 'provider_refusal_unclear', owner: 'operations', note: 'BAD_REQUEST' },
    ],
    [
      'a pair that this account does not get',
      { kind: 'refuse', status: 422, body: { detail: 'Currency not supported for your KYC level' } },
      { reason: 'provider_refusal_unclear', owner: 'operations' },
    ],
    [
      'a wallet that is frozen',
      {
        kind: 'refuse',
        status: 422,
        body: { errors: [{ field: 'from_currency', message: 'wallet is frozen' }] },
      },
      { reason: 'provider_refusal_unclear', owner: 'operations' },
    ],
    [
      'a pair that rests',
      { kind: 'refuse', status: 422, body: { detail: 'Currency pair is temporarily not supported' } },
      { reason: 'provider_refusal_unclear', owner: 'operations' },
    ],
  ])('is held for whoever can help: %s', async (_, fault, expected) => {
    disturb(fault);
    const payout = await harness.start(priced());
    const { held, moneyMoved } = await payout.until('held', (state) => state.held !== undefined);
    expect(held).toMatchObject(expected);
    expect(moneyMoved).toBe('no');
    await resume(payout);
    expect(await payout.skipToEnd()).toMatchObject({ status: 'paid', attempt: { sends: 1, generation: 1 } });
  });
});

describe('a refusal of a send', () => {
  it('for a low balance, in words alone, is saved by a top-up', async () => {
    simulators.syncgram.simulator.setBalance('USD', '5.00');
    const payout = await harness.start(priced());
    const { held } = await payout.until('held', (state) => state.held !== undefined);
    expect(held).toMatchObject({ reason: 'insufficient_funds', owner: 'treasury' });
    simulators.syncgram.simulator.setBalance('USD', '100000.00');
    await resume(payout);
    const end = await payout.skipToEnd();
    expect(end).toMatchObject({ status: 'paid', attempt: { generation: 2 } });
    expect(debits(end.attempt?.key)).toBe(1);
  });

  it('that says nothing is looked at by people, and goes on under a fresh key', async () => {
    disturb(
      { kind: 'refuse', status: 422, body: { error_code: 'VALIDATION_ERROR', errors: [{ field: 'email' }] } },
      1,
      'submit',
    );
    const payout = await harness.start(priced());
    const { held } = await payout.until('held', (state) => state.held !== undefined);
    expect(held).toMatchObject({ reason: 'provider_refusal_unclear', note: 'VALIDATION_ERROR' });
    await resume(payout);
    const end = await payout.skipToEnd();
    expect(end).toMatchObject({ status: 'paid', attempt: { generation: 2 } });
    expect(debits(end.attempt?.key)).toBe(1);
  });

  it('that says that a payout is under way is found out, whatever field it names', async () => {
    const errors = [{ field: 'account_number', message: 'withdrawal already pending' }];
    disturb({ kind: 'refuse', status: 422, body: { error_code: 'VALIDATION_ERROR', errors } }, 1, 'submit');
    const payout = await harness.start(priced());
    const end = await payout.skipToEnd();
    expect(end).toMatchObject({ status: 'paid', attempt: { generation: 1 } });
    expect(await payout.story()).toContain('outcome-unknown');
    expect(debits(end.attempt?.key)).toBe(1);
  });

  it('for the account of the beneficiary ends it', async () => {
    const errors = [{ field: 'account_number', message: 'no such account' }];
    disturb({ kind: 'refuse', status: 422, body: { error_code: 'VALIDATION_ERROR', errors } }, 1, 'submit');
    const payout = await harness.start(priced());
    expect(await payout.handle.result()).toMatchObject({
      status: 'failed',
      reason: 'provider_refused',
      moneyMoved: 'no',
    });
  });
});
