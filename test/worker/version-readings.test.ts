import type { VersionCalls } from '../../src/worker/versions/version-calls';
import { readDeployment } from '../../src/worker/versions/version-readings';

const now = 1_790_000_000_000;
const unversioned = 'acme/1.0.0+aaaa/1@host';

/** A deployment whose only version works on `vt`, and a worker without a version on `payouts`. */
function calls(counted: string[]): VersionCalls {
  const service = {
    describeWorkerDeploymentVersion: async () => ({
      workerDeploymentVersionInfo: { taskQueueInfos: [{ name: 'vt' }] },
    }),
    describeTaskQueue: async ({ taskQueue }: { readonly taskQueue: { readonly name: string } }) => ({
      pollers:
        taskQueue.name === 'payouts'
          ? [{ identity: unversioned, lastAccessTime: { seconds: now / 1000, nanos: 0 } }]
          : [],
    }),
  };
  return {
    namespace: 'default',
    ask: async (question: (of: typeof service) => unknown) => question(service),
    async count(query: string) {
      counted.push(query);
      return 0;
    },
  } as unknown as VersionCalls;
}
const info = {
  name: 'payouts',
  versionSummaries: [{ deploymentVersion: { deploymentName: 'payouts', buildId: 'v1' } }],
};

test('what has no version is looked for where the versions work, and the answer says where that is', async () => {
  const counted: string[] = [];
  const reading = await readDeployment(calls(counted), info, () => now);
  expect(reading).toMatchObject({ taskQueues: ['vt'], unversioned: { workers: [] } });
  expect(reading).not.toHaveProperty('elsewhere');
  expect(counted.at(-1)).toContain("TaskQueue IN ('vt')");
});

test('another task queue that was asked about is shown beside it: no version has a say there', async () => {
  const counted: string[] = [];
  expect(await readDeployment(calls(counted), info, () => now, 'payouts')).toMatchObject({
    taskQueues: ['vt'],
    unversioned: { workers: [] },
    elsewhere: { taskQueue: 'payouts', openPayouts: 0, workers: [unversioned] },
  });
  expect(counted.at(-1)).toContain("TaskQueue IN ('payouts')");
});

test('one of its own that was asked about is there already', async () => {
  expect(await readDeployment(calls([]), info, () => now, 'vt')).not.toHaveProperty('elsewhere');
});
