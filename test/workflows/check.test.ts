/** Checks of requests on a real server: what they say, and that nothing of them stays. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { createPayoutClient } from '../../src/client';
import type { PayoutRequest } from '../../src/client';
import { checkWorkflowType } from '../../src/contract/workflow-inputs';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, loggedLines, payoutRequest, startHarness } from '../support/payout-harness';
import { testTemporalAddress } from '../support/payout-worker';
import { scriptedProvider } from '../support/scripted-provider';

const provider = scriptedProvider({});
let harness: PayoutHarness;
/** Notes which runs it is asked to delete. */
let client: Client;
let connection: Connection;
const deleted: string[] = [];
let mayDelete = true;

beforeAll(async () => {
  harness = await startHarness(installationOf(provider));
  connection = await Connection.connect({ address: testTemporalAddress() });
  const { workflowService } = connection;
  const deleteExecution = workflowService.deleteWorkflowExecution.bind(workflowService);
  Object.assign(workflowService, {
    deleteWorkflowExecution: async (
      ...[request]: Parameters<typeof workflowService.deleteWorkflowExecution>
    ) => {
      if (!mayDelete) throw Object.assign(new Error('not permitted'), { code: 7, details: 'not permitted' });
      const reply = await deleteExecution(request);
      deleted.push(request.workflowExecution?.workflowId ?? '');
      return reply;
    },
  });
  client = new Client({ connection });
});
afterAll(async () => {
  await harness.stop();
  await connection.close();
});

const payouts = (taskQueue = harness.taskQueue) =>
  createPayoutClient({ client, taskQueue, answerTimeoutMs: 10_000 });

const deletedOf = (tenant: string): readonly string[] =>
  deleted.filter((workflowId) => workflowId.startsWith(`check/${tenant}/`));

/** Runs of this tenant's checks that Temporal still knows, by their ids. */
async function left(tenant: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: `WorkflowType = '${checkWorkflowType}'`,
  }))
    if (workflowId.startsWith(`check/${tenant}/`)) found.push(workflowId);
  return found;
}

const untilNothingIsLeft = async (tenant: string): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await left(tenant)).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`left: ${(await left(tenant)).join()}`);
};

const newTenant = (): string => `t-${randomUUID().slice(0, 8)}`;

test('a check says what a start would come to, starts no payout, and is deleted', async () => {
  const tenant = newTenant();
  const request = payoutRequest({ tenant, amount: { value: '1500.00', side: 'source' } });
  expect(await payouts().check(request)).toEqual({
    verdict: 'starts',
    problems: [],
    warnings: [],
    normalised: [],
    reference: 'free',
    worker: {
      answered: true,
      answer: expect.objectContaining({
        kind: 'planned',
        account: 'main',
        policy: expect.objectContaining({ peopleNeeded: 2 }),
      }),
    },
  });
  await expect(payouts().get(request)).rejects.toMatchObject({ code: 'payout_not_found' });
  expect(provider.calls).toEqual([]);
  // Of a run that has ended the server lets go about half a minute later.
  expect(deletedOf(tenant)).toHaveLength(1);
  for await (const listed of payouts().list({ tenant })) throw new Error(`listed: ${listed.workflowId}`);
  // It burned no reference: the same request is started after it.
  expect(await payouts().start(request)).toMatchObject({ started: true });
  expect(loggedLines.join('\n')).not.toMatch(/Juan dela Cruz|1234567890/);
});

test('the reference is looked at without a worker’s help', async () => {
  const request = payoutRequest({ amount: { value: '1500.00', side: 'source' } });
  await payouts().start(request);
  expect(await payouts().check(request)).toMatchObject({ verdict: 'exists', reference: 'same-content' });
  const other: PayoutRequest = { ...request, amount: { value: '1500.01', side: 'source' } };
  expect(await payouts().check(other)).toMatchObject({ verdict: 'refused', reference: 'other-content' });
  // The payout itself saw nothing of it.
  expect((await payouts().get(request)).status).toBe('awaiting-approval');
});

test('what no account takes is refused with the reason of a start', async () => {
  const tenant = newTenant();
  const request = payoutRequest({ tenant, account: 'nobody-has-it' });
  const { verdict, worker } = await payouts().check(request);
  expect({ verdict, worker }).toMatchObject({
    verdict: 'refused',
    worker: { answer: { kind: 'refused', reason: 'no_route' } },
  });
  expect(deletedOf(tenant)).toHaveLength(1);
});

test('what is not valid is said at once, and nobody is asked', async () => {
  const closed = createPayoutClient({ address: '127.0.0.1:1', env: {} });
  const check = await closed.check({ ...payoutRequest(), amount: { value: '1,5', side: 'source' } });
  expect(check).toMatchObject({
    verdict: 'refused',
    reference: 'not-asked',
    worker: { answered: false },
    problems: expect.arrayContaining([expect.objectContaining({ path: 'amount.value' })]),
  });
  expect(JSON.stringify(check)).not.toContain('1,5');
  for (const odd of [undefined, null, 'x', [], 7]) {
    expect((await closed.check(odd)).problems.length).toBeGreaterThan(0);
  }
  await closed.close();
});

test('texts that are written in another form are named', async () => {
  const decomposed = 'Jose\u0301 Prueba';
  const { normalised } = await payouts().check(
    payoutRequest({
      beneficiary: { method: 'bank-account', name: decomposed, account: { accountNumber: '1234567890' } },
    }),
  );
  expect(normalised).toEqual([{ path: 'beneficiary.name', value: 'Jos\u00e9 Prueba' }]);
});

test('without a worker the validation is all there is, within the time given, and it is no error', async () => {
  const tenant = newTenant();
  const deaf = createPayoutClient({ client, taskQueue: `nobody-${randomUUID()}`, answerTimeoutMs: 1_000 });
  expect(await deaf.check(payoutRequest({ tenant }))).toEqual({
    verdict: 'not-known',
    problems: [],
    warnings: [],
    normalised: [],
    reference: 'free',
    worker: { answered: false },
  });
  // Also the run that nobody answered.
  await untilNothingIsLeft(tenant);
});

test('a check that may not be deleted is named, and ends all the same', async () => {
  const tenant = newTenant();
  mayDelete = false;
  try {
    const { verdict, leftBehind = '' } = await payouts().check(payoutRequest({ tenant }));
    expect(verdict).toBe('starts');
    expect(leftBehind).toMatch(new RegExp(`^check/${tenant}/[0-9a-f-]{36}$`));
    const handle = client.workflow.getHandle(leftBehind);
    const described = await handle.describe();
    expect(described.status.name).toBe('COMPLETED');
    const shown = [described.memo, await described.staticSummary(), await described.staticDetails()];
    expect(JSON.stringify(shown)).not.toMatch(/Juan|1234567890/);
  } finally {
    mayDelete = true;
  }
});

test('Temporal being away is an error, as it is of a start', async () => {
  const away = createPayoutClient({ address: '127.0.0.1:1', env: {}, callTimeoutMs: 500 });
  await expect(away.check(payoutRequest())).rejects.toMatchObject({ code: 'temporal_unavailable' });
  await away.close();
});
