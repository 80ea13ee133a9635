import type { Installation } from '../../src/activities/installation';
import type { OpenPayoutInput } from '../../src/activities/payout-activities';
import type { PayoutProvider } from '../../src/providers/provider';
import { exampleRequest } from '../support/example-request';
import { scriptedProvider } from '../support/scripted-provider';
import { request, runId, scheduledAtMs, stage } from './activity-stage';

async function open(
  input: unknown,
  {
    provider = scriptedProvider({}),
    installation = {},
    workflowId = 'payout/acme/order-1',
    ...changes
  }: Partial<OpenPayoutInput> & {
    readonly provider?: PayoutProvider;
    readonly installation?: Partial<Installation>;
    readonly workflowId?: string;
  } = {},
) {
  const { run } = stage(provider, {
    installation,
    info: { workflowExecution: { workflowId, runId } },
  });
  return run('openPayout', {
    schema: 1,
    startedAt: scheduledAtMs,
    originalRunId: runId,
    firstRunId: runId,
    ...changes,
    input,
  });
}
const asked = (change: Parameters<typeof exampleRequest>[0] = {}) => ({
  schema: 1,
  request: exampleRequest(change),
});

it('freezes a plan that says everything later steps need', async () => {
  expect(await open(asked())).toMatchObject({
    kind: 'planned',
    plan: {
      account: 'main',
      mode: 'sandbox',
      accountFingerprint: 'f'.repeat(64),
      amountCurrency: 'USDT',
      needsQuote: false,
      digest: expect.stringMatching(/^v1:[0-9a-f]{64}$/),
    },
  });
  expect(await open(asked())).toEqual(await open(asked()));
});

describe('the request in the answer', () => {
  it('is left out where the run was started with exactly that', async () => {
    const opened = await open(asked());
    expect(opened).not.toHaveProperty('request');
    expect(opened).not.toHaveProperty('normalRequest');
  });

  it('stands there where only the order of its fields differs: bodies that are made of it must not', async () => {
    const { beneficiary, ...rest } = request;
    const result = await open({ schema: 1, request: { beneficiary, ...rest } });
    expect(result).toMatchObject({ kind: 'planned', normalRequest: request });
    expect(JSON.stringify(result.kind === 'planned' && result.normalRequest)).toBe(JSON.stringify(request));
  });

  it('has the old name only without an attempt: a build that knows of none would prepare another and send it', async () => {
    const { beneficiary, ...rest } = request;
    const sent = await open({ schema: 1, request: { beneficiary, ...rest } });
    expect(sent).toHaveProperty('attempt');
    expect(sent).not.toHaveProperty('request');
    const asking = { beneficiary, ...rest, amount: { value: '5000.00', side: 'source' } };
    const people = await open({ schema: 1, request: asking });
    expect(people).not.toHaveProperty('attempt');
    expect(people).toHaveProperty('request');
  });
});

describe('the first attempt', () => {
  it('is frozen along where nothing is waited for, as preparing it alone would', async () => {
    const opened = await open(asked());
    if (opened.kind !== 'planned') throw new Error('not planned');
    const { run } = stage(scriptedProvider({}));
    expect(opened.attempt).toEqual(
      await run('prepareAttempt', { schema: 1, request, plan: opened.plan, generation: 1 }),
    );
  });

  it('is not where people are asked first, nor where a price is', async () => {
    const people = await open(asked({ amount: { value: '5000.00', side: 'source' } }));
    expect(people).toMatchObject({
      kind: 'planned',
      plan: { policy: { decision: { outcome: { kind: 'approve' } } } },
    });
    expect(people).not.toHaveProperty('attempt');
    const priced = await open(asked(), { provider: scriptedProvider({ quotes: [] }) });
    expect(priced).toMatchObject({ kind: 'planned', plan: { needsQuote: true } });
    expect(priced).not.toHaveProperty('attempt');
  });
});

it('turns notAfter into a duration from the start', async () => {
  const notAfter = new Date(scheduledAtMs + 90_000).toISOString();
  expect(await open(asked({ notAfter }))).toMatchObject({ plan: { notAfterMs: 90_000 } });
});

it.each([
  [null],
  [undefined],
  ['text'],
  [{}],
  [{ schema: 2, request }],
  [{ schema: 1 }],
  [{ schema: 1, request: [] }],
])('rejects %j as a request, without throwing', async (input) => {
  const result = await open(input);
  expect(result).toMatchObject({ kind: 'rejected', reason: 'request_invalid' });
  expect(result.kind === 'rejected' && result.problems.length).toBeGreaterThan(0);
});

it('names the place of a problem, never the value', async () => {
  const result = await open({
    schema: 1,
    request: { ...request, amount: { value: '12,34', side: 'source' } },
  });
  expect(JSON.stringify(result)).toContain('amount.value');
  expect(JSON.stringify(result)).not.toContain('12,34');
});

describe('a payee', () => {
  const paying = (account: object, destination = { country: 'DE', currency: 'EUR' }) => ({
    schema: 1,
    request: {
      ...exampleRequest({ destination }),
      beneficiary: { method: 'bank-account', name: 'Beatriz Santos', account },
    },
  });

  it('is frozen in its normal form, which alone decides what people approve', async () => {
    const normal = await open(paying({ accountNumber: 'DE89370400440532013000' }));
    const written = await open(paying({ accountNumber: 'de89 3704 0044 0532 0130 00' }));
    const read = paying({ accountNumber: 'DE89370400440532013000' }).request;
    expect(written).toEqual({
      ...normal,
      normalRequest: read,
      normalised: ['beneficiary.account.accountNumber'],
    });
    expect(written).toMatchObject({
      kind: 'planned',
      normalRequest: { beneficiary: { account: { accountNumber: 'DE89370400440532013000' } } },
    });
    expect(normal).not.toHaveProperty('normalised');
    expect(normal).not.toHaveProperty('warnings');
  });

  it('is rejected before anything else is asked when it cannot exist', async () => {
    const nigeria = { country: 'NG', currency: 'NGN' };
    const account = { accountNumber: '0123456789', bankCode: '058' };
    expect(await open(paying(account, nigeria))).toEqual({
      kind: 'rejected',
      reason: 'request_invalid',
      problems: [
        'beneficiary.account.accountNumber: must be a NUBAN: 10 digits with a check digit for the bank in bankCode, which does not fit',
      ],
    });
  });

  it('is doubtful in words without values where no rule forbids it', async () => {
    const result = await open(paying({ accountNumber: '777777' }, { country: 'CU', currency: 'CUP' }));
    expect(result).toMatchObject({
      kind: 'planned',
      warnings: [
        'beneficiary.account.accountNumber: was not checked: no form of accounts in that country is known here',
      ],
    });
    expect(JSON.stringify(result.kind === 'planned' && result.warnings)).not.toContain('777');
  });
});

it('shows the adapter’s problems, at most twenty', async () => {
  const problems = Array.from({ length: 30 }, (_, index) => ({
    path: `purpose.${index}`,
    message: 'is odd',
  }));
  const provider = { ...scriptedProvider({}), problems: () => problems };
  const result = await open(asked(), { provider });
  expect(result).toMatchObject({ kind: 'rejected', reason: 'request_unsupported', request });
  expect(result.kind === 'rejected' && result.problems).toHaveLength(20);
});

it.each(['payout/acme/order-2', 'payout/other/order-1', 'order-1'])(
  'rejects the payout in the workflow %s: it would be its second run',
  async (workflowId) => {
    expect(await open(asked(), { workflowId })).toMatchObject({
      kind: 'rejected',
      reason: 'request_invalid',
    });
  },
);

it('rejects a run by a cron schedule, a retry or continue-as-new, and takes a reset one', async () => {
  expect(await open(asked(), { originalRunId: 'run-2' })).toMatchObject({
    kind: 'rejected',
    reason: 'request_invalid',
  });
  const reset = { originalRunId: 'run-0', firstRunId: 'run-0' };
  expect(await open(asked(), reset)).toMatchObject({ kind: 'planned' });
});

it.each<readonly [string, Partial<Installation>]>([
  ['there are no routes', { routes: [] }],
  ['no route matches', { routes: [{ account: 'main', when: { countries: ['BD'] } }] }],
  ['the account of the route is not configured', { accounts: new Map() }],
])('rejects when %s', async (_name, installation) => {
  expect(await open(asked(), { installation })).toMatchObject({ kind: 'rejected', reason: 'no_route' });
});

it('holds, and does not reject, when this worker is of another mode than the account', async () => {
  expect(await open(asked(), { installation: { mode: 'live' } })).toMatchObject({
    kind: 'held',
    reason: 'account_changed',
  });
});

it('takes limits on the rate only where there are quotes', async () => {
  const limited = asked({ limits: { leastReceived: '100.00' } });
  expect(await open(limited)).toMatchObject({
    kind: 'rejected',
    reason: 'request_unsupported',
    problems: [expect.stringMatching(/^limits: /)],
  });
  const provider = scriptedProvider({ quotes: [] });
  expect(await open(limited, { provider })).toMatchObject({ kind: 'planned', plan: { needsQuote: true } });
});
