/** What a worker finds out about its namespace where it may ask for everything, and where it may not (Temporal Cloud). */
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { payoutSearchAttributes } from '../../src/contract/search-attributes';
import { checkServer } from '../../src/worker/temporal/server-requirements';
import { testTemporalAddress } from '../support/payout-worker';
import type { RefusingProxy } from '../support/refusing-proxy';
import { refusals, startRefusingProxy } from '../support/refusing-proxy';

const { permissionDenied, unimplemented, unauthenticated } = refusals;
const names = payoutSearchAttributes.map(({ name }) => name);

let proxy: RefusingProxy;
let connection: NativeConnection;
/** Thirty days, and no search attribute. */
const bare = `bare-${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  proxy = await startRefusingProxy(testTemporalAddress());
  connection = await NativeConnection.connect({ address: proxy.address });
  const direct = await Connection.connect({ address: testTemporalAddress() });
  await direct.workflowService.registerNamespace({
    namespace: bare,
    workflowExecutionRetentionPeriod: { seconds: (30 * 86_400) as never },
  });
  await direct.close();
  // The server reads its list of namespaces every second or so.
  await expectSoon(async () => connection.workflowService.countWorkflowExecutions({ namespace: bare }));
});
afterAll(async () => {
  await connection.close();
  await proxy.stop();
});
beforeEach(() => proxy.refuse({}));

async function expectSoon(call: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await call();
      return;
    } catch (error) {
      if (tries === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const sandbox = { mode: 'sandbox' } as const;
const live = { mode: 'live' } as const;

test('where everything may be asked, a short retention is enough for a sandbox and no place for live money', async () => {
  const inSandbox = await checkServer(connection, 'default', sandbox);
  expect(inSandbox).toEqual({
    problems: [],
    warnings: [],
    remarks: ['it retains closed runs for 1 day: enough for a sandbox, and live money needs 30'],
  });
  const inLive = await checkServer(connection, 'default', { ...live, retentionDays: 90 });
  // The server's word stands before the configuration's.
  expect(inLive.problems).toEqual([expect.stringContaining('live money needs at least 30')]);
});

test.each([unimplemented, permissionDenied])(
  'without the operator service (code %i) the namespace itself tells its attributes, or visibility does',
  async (code) => {
    proxy.refuse({ '.OperatorService/': code });
    const report = await checkServer(connection, 'default', sandbox);
    expect(report).toEqual({ problems: [], warnings: [], remarks: [expect.stringContaining('1 day')] });
    expect(proxy.refused().at(-1)).toContain('OperatorService/ListSearchAttributes');
    const inBare = await checkServer(connection, bare, live);
    expect(inBare.problems).toEqual([expect.stringContaining(names.join(', '))]);
    // Nobody there can use the command for it.
    expect(inBare.problems.join()).not.toContain('temporal operator search-attribute');

    proxy.refuse({ '.OperatorService/': code, '/DescribeNamespace': code });
    const byVisibility = await checkServer(connection, 'default', sandbox);
    expect(byVisibility.problems).toEqual([]);
    expect(byVisibility.warnings.at(-1)).toMatch(/all must be Keyword \(docs\/temporal-cloud\.md\)$/);
    const bareByVisibility = await checkServer(connection, bare, sandbox);
    expect(bareByVisibility.problems).toEqual([expect.stringContaining(names.join(', '))]);
  },
);

test('where visibility is kept from us as well, every attribute is named to be checked by hand', async () => {
  proxy.refuse({ '.OperatorService/': unimplemented, '/CountWorkflowExecutions': permissionDenied });
  const { problems, warnings } = await checkServer(connection, bare, sandbox);
  expect(problems).toEqual([]);
  expect(warnings.at(-1)).toContain(names.join(', '));
});

test('where the namespace may not be described, live money needs the word of somebody who has looked', async () => {
  proxy.refuse({ '/DescribeNamespace': permissionDenied });
  const inSandbox = await checkServer(connection, 'default', sandbox);
  expect(inSandbox).toEqual({
    problems: [],
    warnings: [expect.stringContaining('does not tell us how long namespace default retains closed runs')],
    remarks: [],
  });
  const unsaid = await checkServer(connection, 'default', live);
  expect(unsaid.problems).toEqual([expect.stringContaining('temporal.retentionDays')]);
  const tooShort = await checkServer(connection, 'default', { ...live, retentionDays: 29 });
  expect(tooShort.problems).toEqual([expect.stringContaining('retains closed runs for 29 days')]);
  const said = await checkServer(connection, 'default', { ...live, retentionDays: 30 });
  expect(said).toEqual({
    problems: [],
    warnings: [expect.stringContaining('the configuration says 30 days')],
    remarks: [],
  });
});

test.each([
  ['nothing may be asked', { '.WorkflowService/': permissionDenied }],
  ['nobody knows us', { '.WorkflowService/': unauthenticated, '.OperatorService/': unauthenticated }],
])('credentials that are good for nothing are a problem in every mode: %s', async (_, calls) => {
  proxy.refuse(calls);
  for (const demands of [sandbox, { ...live, retentionDays: 90 }]) {
    const { problems } = await checkServer(connection, 'default', demands);
    expect(problems).toEqual([expect.stringContaining('refuses our credentials')]);
  }
});

test('a namespace that is not there is a problem, whoever asks', async () => {
  const { problems } = await checkServer(connection, 'nowhere', sandbox);
  expect(problems).toEqual([expect.stringContaining('there is no namespace nowhere')]);
});
