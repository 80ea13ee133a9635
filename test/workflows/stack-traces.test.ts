/** Workflow code runs without stack traces unless somebody asks for them: what is lost then, and that nothing else is. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundledWorkflows, withoutStackTraces } from '../../src/worker/workflow-bundle';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import type { PayoutHarness } from '../support/payout-harness';
import { read, scriptedProvider } from '../support/scripted-provider';

const followed = { delaysMs: [60_000], overdueAfterMs: 86_400_000, watchDelaysMs: [100] };

let whole: string;
beforeAll(async () => {
  ({ code: whole } = await bundleWorkflowCode({ ...bundledWorkflows, logger: new DefaultLogger('ERROR') }));
}, 120_000);

const harnesses: PayoutHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
});

/** What Temporal shows of a run that waits for its provider, and of an update that it refuses. */
async function traces(code: string): Promise<{ readonly waiting: string; readonly refused: string }> {
  const provider = scriptedProvider({ statuses: [read('processing')], poll: followed });
  const harness = await startHarness(installationOf(provider), { workflowBundle: { code } });
  harnesses.push(harness);
  const { handle, untilStatus } = await harness.start(payoutRequest());
  await untilStatus('submitted');
  const waiting = await handle.query<string>('__stack_trace');
  const error: unknown = await handle
    .executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'olga' }] })
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkflowUpdateFailedError)) throw new Error('the update was not refused');
  expect(error.cause).toMatchObject({ type: 'not_held', message: 'resume refused: not_held' });
  await handle.terminate();
  return { waiting, refused: error.cause?.stack ?? '' };
}

const aFrame = /^\s+at .*src\/workflows\/.*\.ts:\d+/m;

test('has no frames by default: a refusal keeps its type and message', async () => {
  const { waiting, refused } = await traces(withoutStackTraces(whole));
  expect(waiting).not.toMatch(/^\s+at /m);
  expect(refused).toContain('resume refused: not_held');
  expect(refused).not.toMatch(/^\s+at /m);
});

test('has frames in our own files when they are asked for', async () => {
  const { waiting, refused } = await traces(whole);
  expect(waiting).toMatch(/src\/workflows\/payout\/following\/status-wait\.ts/);
  expect(refused).toMatch(aFrame);
});

test('refuses a bundle whose source map it cannot find, rather than to leave stacks on unseen', () => {
  expect(() => withoutStackTraces('var __TEMPORAL__;')).toThrow('no source map');
});
