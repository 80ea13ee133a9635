/** Workers in versions, on a server of their own whose drainage is looked at every second. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { NativeConnection } from '@temporalio/worker';
import { temporal } from '@temporalio/proto';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { withoutTemporalVariables } from '../../src/dev/temporal-environment';
import type { PayoutRequest } from '../../src/domain/payout-request';
import { installQuietRuntime } from '../../src/worker/replay/replay-history';
import { movePayouts } from '../../src/worker/versions/move-payouts';
import { versionsOf } from '../../src/worker/versions/open-versions';
import { createVersionCalls } from '../../src/worker/versions/version-calls';
import type { VersionReading } from '../../src/worker/versions/version-readings';
import type { Build } from '../support/other-build';
import { installedBuild, otherBuild } from '../support/other-build';
import type { OwnTemporalServer } from '../support/own-temporal-server';
import { startOwnTemporalServer } from '../support/own-temporal-server';
import type { PayoutStage } from '../support/payout-stage';
import { startStage } from '../support/payout-stage';
import { eventually } from '../support/process-watch';

const { VersioningBehavior, EventType } = temporal.api.enums.v1;

/** The server's own are three minutes each. */
const quickDrainage = [
  'matching.wv.VersionDrainageStatusVisibilityGracePeriod="1s"',
  'matching.wv.VersionDrainageStatusRefreshInterval="1s"',
];

const oldBuild = installedBuild();
/** People see another summary; what is done is the same. */
const newBuild = otherBuild(["local('freeze the plan')", "local('freeze the whole plan')"]);
/** Its first step is another one: no run of the others replays with it. */
const strangeBuild = otherBuild([
  "local('freeze the plan').openPayout(",
  "local('freeze the plan').screenPayout(",
]);

let server: OwnTemporalServer;
beforeAll(async () => {
  installQuietRuntime();
  server = await startOwnTemporalServer({ dynamicConfig: quickDrainage });
});
afterAll(async () => {
  await server.stop();
  await Promise.all([newBuild.remove(), strangeBuild.remove()]);
});

type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** `payouts versions …` as an operator runs it, with the program of one build. */
function versionsCommand(deployment: string, build: Build, ...args: readonly string[]): Promise<Ran> {
  const options = ['--temporal-address', server.address, '--deployment-name', deployment];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [build.program, 'versions', ...args, ...options],
      { env: withoutTemporalVariables(process.env) },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const realTime = (): number => Date.now();

async function stageOf(deployment: string) {
  const stage = await startStage(deployment, { temporalAddress: server.address, ungated: true });
  const connection = await NativeConnection.connect({ address: server.address });
  const calls = createVersionCalls(connection, 'default');
  /** What the command does, as the program of one build would. */
  const as = ({ bundle, build }: Build, now = realTime): ReturnType<typeof versionsOf> =>
    versionsOf(calls, {
      deploymentName: deployment,
      bundle: { code: readFileSync(bundle, 'utf8') },
      build,
      now,
    });
  const versionOf = async (build: Build, now = realTime): Promise<VersionReading | undefined> =>
    (await as(build, now).read()).versions.find(({ buildId }) => buildId === build.buildId);
  return {
    stage,
    calls,
    as,
    versionOf,
    startWorker: (build: Build) =>
      stage.startWorker({ program: build.program, options: ['--deployment-name', deployment] }),
    command: (build: Build, ...args: readonly string[]) => versionsCommand(deployment, build, ...args),
    isThere: (build: Build) =>
      eventually(`${build.buildId} is there`, async () => {
        const there = await versionOf(build).catch(() => undefined);
        return (there?.workers.length ?? 0) > 0;
      }),
    stop: async () => {
      await stage.stop();
      await connection.close();
    },
  };
}

/** Two of alice, bob and carol must agree to so much. */
function waitingRequest(stage: PayoutStage): PayoutRequest {
  const request = stage.request('pontis');
  return { ...request, amount: { ...request.amount, value: '2000.00' } };
}

async function startWaiting(stage: PayoutStage): Promise<PayoutRequest> {
  const request = waitingRequest(stage);
  await stage.client.start(request);
  await untilStatus(stage, request, 'awaiting-approval');
  return request;
}

const untilStatus = (stage: PayoutStage, request: PayoutRequest, status: string): Promise<void> =>
  eventually(
    `${request.reference} is ${status}`,
    async () => (await stage.outcome(request)).status === status,
  );

async function approve(stage: PayoutStage, request: PayoutRequest): Promise<void> {
  const { tenant, reference } = request;
  for (const by of ['alice', 'bob']) {
    const { approval } = await stage.client.get({ tenant, reference });
    const digest = approval?.digest ?? '';
    await stage.client.decide({ tenant, reference, by, decision: 'approve', digest });
  }
}

async function paidOnce(stage: PayoutStage, request: PayoutRequest): Promise<void> {
  await approve(stage, request);
  expect((await stage.settled(request)).status).toBe('paid');
  expect(stage.debits('pontis', request)).toBe(1);
  expect(stage.submits('pontis', request)).toHaveLength(1);
}

/** Which version completed the run's last task, and how the run is bound. */
async function boundTo(stage: PayoutStage, workflowId: string) {
  const { workflowExecutionInfo } = await stage.temporal.workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution: { workflowId },
  });
  const { behavior, deploymentVersion } = workflowExecutionInfo?.versioningInfo ?? {};
  return { behavior, buildId: deploymentVersion?.buildId };
}

/** Who made the send. */
async function senderOf(stage: PayoutStage, request: PayoutRequest): Promise<string> {
  const { events = [] } = await stage.temporal.workflow.getHandle(payoutWorkflowId(request)).fetchHistory();
  const scheduled = events?.find(
    ({ activityTaskScheduledEventAttributes: of }) => of?.activityType?.name === 'submitPayout',
  );
  const started = events?.find(
    ({ eventType, activityTaskStartedEventAttributes: of }) =>
      eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED &&
      String(of?.scheduledEventId) === String(scheduled?.eventId),
  );
  return started?.activityTaskStartedEventAttributes?.identity ?? '';
}

const pinned = VersioningBehavior.VERSIONING_BEHAVIOR_PINNED;
const following = VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE;

test('two builds have two names, and the same build always the same', () => {
  expect(oldBuild.buildId).toBe(installedBuild().buildId);
  expect(new Set([oldBuild, newBuild, strangeBuild].map(({ buildId }) => buildId)).size).toBe(3);
});

test('new payouts go where they are sent, and each ends with the version that it began with', async () => {
  const { stage, as, command, versionOf, isThere, startWorker, stop } = await stageOf('rainbow');
  try {
    const oldWorker = startWorker(oldBuild);
    await oldWorker.started;
    await isThere(oldBuild);
    const first = waitingRequest(stage);
    await stage.client.start(first);
    // Nobody fails, and nobody works: it must be said.
    await oldWorker.logged('no version is current');
    expect(await command(oldBuild)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/inactive[^]*No version of rainbow is current/),
    });
    expect(await command(oldBuild, 'promote', oldBuild.buildId)).toMatchObject({ code: 0, err: '' });
    await untilStatus(stage, first, 'awaiting-approval');
    expect(await boundTo(stage, payoutWorkflowId(first))).toEqual({
      behavior: pinned,
      buildId: oldBuild.buildId,
    });
    await stage.client.pauseAccount({ account: 'payfield', by: 'dana', reason: 'test' });
    expect(await boundTo(stage, 'account/rainbow/payfield')).toEqual({
      behavior: following,
      buildId: oldBuild.buildId,
    });

    const newWorker = startWorker(newBuild);
    await newWorker.started;
    await isThere(newBuild);
    // The account's run goes on with it: only the new program can tell that it will.
    await expect(as(oldBuild).ramp(newBuild.buildId, 100)).rejects.toMatchObject({
      code: 'version_refused',
      message: expect.stringContaining('this program is'),
    });
    expect(await command(newBuild, 'ramp', newBuild.buildId, '--percent', '100')).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 runs that follow'),
    });
    const ramped = await startWaiting(stage);
    expect((await boundTo(stage, payoutWorkflowId(ramped))).buildId).toBe(newBuild.buildId);
    expect(await as(oldBuild).rollback()).toMatchObject({ ended: 'ramp', from: newBuild.buildId });
    const afterRollback = await startWaiting(stage);
    expect((await boundTo(stage, payoutWorkflowId(afterRollback))).buildId).toBe(oldBuild.buildId);

    expect(await as(newBuild).promote(newBuild.buildId)).toMatchObject({ replayed: 1 });
    const last = await startWaiting(stage);
    expect((await boundTo(stage, payoutWorkflowId(last))).buildId).toBe(newBuild.buildId);
    expect(await versionOf(oldBuild)).toMatchObject({ state: 'draining', openPayouts: 2, stranded: false });

    // Its send included: another version's worker never gets the task.
    await paidOnce(stage, first);
    expect(await senderOf(stage, first)).toMatch(new RegExp(`/${oldWorker.pid}@`));
    expect(await boundTo(stage, payoutWorkflowId(first))).toEqual({
      behavior: pinned,
      buildId: oldBuild.buildId,
    });
    await paidOnce(stage, last);
    expect(await senderOf(stage, last)).toMatch(new RegExp(`/${newWorker.pid}@`));
    await stage.client.resumeAccount({ account: 'payfield', by: 'dana', reason: 'test' });
    expect((await boundTo(stage, 'account/rainbow/payfield')).buildId).toBe(newBuild.buildId);

    await paidOnce(stage, afterRollback);
    await eventually(
      'the old version is drained',
      async () => (await versionOf(oldBuild))?.state === 'drained',
    );
    expect(await versionOf(oldBuild)).toMatchObject({ openPayouts: 0 });

    expect(await command(newBuild, 'rollback')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`All new payouts go to ${oldBuild.buildId} again`),
    });
    const back = await startWaiting(stage);
    expect((await boundTo(stage, payoutWorkflowId(back))).buildId).toBe(oldBuild.buildId);
    await paidOnce(stage, back);
  } finally {
    await stop();
  }
}, 200_000);

test('a payout whose version has no workers is seen, replayed, moved, and paid once', async () => {
  const { stage, as, calls, command, versionOf, isThere, startWorker, stop } = await stageOf('stranded');
  try {
    const oldWorker = startWorker(oldBuild);
    await oldWorker.started;
    await isThere(oldBuild);
    await as(oldBuild).promote(oldBuild.buildId);
    const payout = await startWaiting(stage);
    const newWorker = startWorker(newBuild);
    await newWorker.started;
    await isThere(newBuild);
    await as(newBuild).promote(newBuild.buildId);
    await oldWorker.kill();

    // The server remembers a poller for a while: the clock is moved instead of waiting for it.
    const later = (): number => Date.now() + 120_000;
    await eventually('it is counted', async () => (await versionOf(oldBuild))?.openPayouts === 1);
    expect(await versionOf(oldBuild, later)).toMatchObject({ stranded: true, workers: [] });
    expect(await versionOf(oldBuild)).toMatchObject({ stranded: false });

    const strange = await movePayouts(calls, {
      deployment: 'stranded',
      from: oldBuild.buildId,
      to: newBuild.buildId,
      bundle: { codePath: strangeBuild.bundle },
      move: true,
      skipRefused: true,
      onReplayed: () => undefined,
    });
    expect(strange).toMatchObject({
      replayed: 1,
      refused: [{ workflowId: payoutWorkflowId(payout) }],
      moved: [],
    });
    expect(await command(oldBuild, 'move', oldBuild.buildId, '--to', newBuild.buildId)).toMatchObject({
      code: 4,
      err: expect.stringContaining('only after a replay with its code'),
    });
    const looked = await as(newBuild).move(oldBuild.buildId, newBuild.buildId, {
      move: false,
      skipRefused: false,
    });
    expect(looked).toMatchObject({ replayed: 1, refused: [], moved: [] });
    expect((await boundTo(stage, payoutWorkflowId(payout))).buildId).toBe(oldBuild.buildId);

    const moved = await command(newBuild, 'move', oldBuild.buildId, '--to', newBuild.buildId);
    expect(moved).toMatchObject({ code: 0, out: expect.stringContaining('Moved 1') });
    await eventually('it is counted there', async () => (await versionOf(oldBuild))?.openPayouts === 0);
    await paidOnce(stage, payout);
    expect(await senderOf(stage, payout)).toMatch(new RegExp(`/${newWorker.pid}@`));
    expect(await boundTo(stage, payoutWorkflowId(payout))).toEqual({
      behavior: pinned,
      buildId: newBuild.buildId,
    });
    expect(await versionOf(oldBuild, later)).toMatchObject({ stranded: false, openPayouts: 0 });
  } finally {
    await stop();
  }
}, 200_000);

test('payouts from before there were versions go on with the first one that is promoted', async () => {
  const { stage, as, isThere, startWorker, stop } = await stageOf('first');
  try {
    const unversioned = stage.startWorker();
    await unversioned.started;
    const payout = await startWaiting(stage);
    await stage.client.pauseAccount({ account: 'syncgram', by: 'dana', reason: 'test' });
    const versioned = startWorker(newBuild);
    await versioned.started;
    await isThere(newBuild);
    expect(await as(newBuild).promote(newBuild.buildId)).toMatchObject({ replayed: 2 });
    expect(await unversioned.stop()).toBe(0);
    // One that is started now would get nothing, and says so.
    const late = stage.startWorker();
    await late.logged('this worker gets no work');
    await paidOnce(stage, payout);
    expect(await boundTo(stage, payoutWorkflowId(payout))).toEqual({
      behavior: pinned,
      buildId: newBuild.buildId,
    });
    await stage.client.resumeAccount({ account: 'syncgram', by: 'dana', reason: 'test' });
    expect(await boundTo(stage, 'account/first/syncgram')).toEqual({
      behavior: following,
      buildId: newBuild.buildId,
    });
  } finally {
    await stop();
  }
}, 200_000);
