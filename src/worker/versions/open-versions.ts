import { hostname } from 'node:os';
import type { Environment } from '../../config/environment';
import { installQuietRuntime } from '../replay/replay-history';
import { build } from '../../observability/build';
import { connectTemporal } from '../temporal/connect-temporal';
import type { TemporalOptions } from '../temporal/connect-temporal';
import { workflowBundle } from '../workflow-bundle';
import type { MoveReport } from './move-payouts';
import { movePayouts } from './move-payouts';
import type { ReplayedRun } from './replay-runs';
import { replayRun } from './replay-runs';
import type { VersionCalls } from './version-calls';
import { createVersionCalls } from './version-calls';
import { VersionError } from './version-error';
import type { Deployment, DeploymentReading, VersionReading } from './version-readings';
import { boundToNone, followersOf, readDeployment, taskQueuesOf } from './version-readings';

export type VersionsOptions = TemporalOptions & {
  /** Default: the only one that there is. */
  readonly deploymentName?: string | undefined;
  /** Shown beside the deployment, where none of its versions works on it. */
  readonly taskQueue?: string | undefined;
};

export type RoutingOptions = {
  /** Runs that follow the current version are not replayed first. */
  readonly withoutReplay?: boolean;
  readonly onReplayed?: (run: ReplayedRun) => void;
};

/** What a change of where new payouts go came to. */
export type RoutingChange = {
  readonly deployment: string;
  readonly buildId: string;
  /** Runs that follow the current version, and were replayed with its code before. */
  readonly replayed: number;
};

/** The versions of a worker deployment, as `payouts versions` shows and changes them. Rejects with `VersionError`. */
export type Versions = {
  read(): Promise<DeploymentReading>;
  /** Sends a share of new payouts to a version; 0 ends that. */
  ramp(buildId: string, percent: number, options?: RoutingOptions): Promise<RoutingChange>;
  /** Sends all new payouts to a version. */
  promote(buildId: string, options?: RoutingOptions): Promise<RoutingChange>;
  /** Ends a ramp; where there is none, makes the version before the current one current again. */
  rollback(): Promise<RoutingChange & { readonly ended: 'ramp' | 'current'; readonly from: string }>;
  move(
    from: string,
    to: string,
    options: {
      readonly move: boolean;
      readonly skipRefused: boolean;
      readonly onReplayed?: (run: ReplayedRun) => void;
    },
  ): Promise<MoveReport>;
  close(): Promise<void>;
};

export async function openVersions(options: VersionsOptions, environment: Environment): Promise<Versions> {
  installQuietRuntime();
  const { connection, namespace } = await connectTemporal(options, environment, undefined);
  const calls = createVersionCalls(connection, namespace);
  const named = options.deploymentName ?? (environment['TEMPORAL_DEPLOYMENT_NAME'] || undefined);
  return {
    ...versionsOf(calls, {
      deploymentName: named,
      taskQueue: options.taskQueue,
      bundle: workflowBundle({ stackTraces: true }),
      build,
      now: () => Date.now(),
    }),
    close: () => connection.close(),
  };
}

/** The same over calls that stand already, for the program that was installed with `bundle`. */
export function versionsOf(
  calls: VersionCalls,
  {
    deploymentName: named,
    taskQueue,
    bundle: installed,
    build: own,
    now,
  }: {
    readonly deploymentName: string | undefined;
    readonly taskQueue?: string | undefined;
    readonly bundle: { readonly code: string };
    /** Of this program, as its workers say it. */
    readonly build: string;
    readonly now: () => number;
  },
): Omit<Versions, 'close'> {
  const identity = `payouts versions/${hostname()}:${process.pid}`;

  return {
    read: async () => readDeployment(calls, (await describe()).info, now, taskQueue),
    async ramp(buildId, percent, options = {}) {
      const { info, conflictToken, version } = await describeVersion(buildId);
      if (version.state === 'current')
        throw refused(
          `${buildId} is current: all new payouts go to it`,
          'Ramp another version, or promote it.',
        );
      const replayed = percent === 0 ? 0 : await mayFollow(info, version, options);
      await calls.ask((service) =>
        service.setWorkerDeploymentRampingVersion({
          namespace: calls.namespace,
          deploymentName: info.name ?? '',
          buildId: percent === 0 ? '' : buildId,
          percentage: percent,
          conflictToken,
          identity,
        }),
      );
      return { deployment: info.name ?? '', buildId, replayed };
    },
    async promote(buildId, options = {}) {
      const { info, conflictToken, version } = await describeVersion(buildId);
      const replayed = await mayFollow(info, version, options);
      await makeCurrent(info, buildId, conflictToken);
      return { deployment: info.name ?? '', buildId, replayed };
    },
    async rollback() {
      const { info, conflictToken } = await describe();
      const deployment = info.name ?? '';
      const { currentDeploymentVersion: current, rampingDeploymentVersion: ramping } =
        info.routingConfig ?? {};
      if (ramping?.buildId) {
        await calls.ask((service) =>
          service.setWorkerDeploymentRampingVersion({
            namespace: calls.namespace,
            deploymentName: deployment,
            buildId: '',
            percentage: 0,
            conflictToken,
            identity,
          }),
        );
        return {
          deployment,
          buildId: current?.buildId ?? '',
          from: ramping.buildId,
          replayed: 0,
          ended: 'ramp',
        };
      }
      const { versions } = await readDeployment(calls, info, now);
      const [before] = versions
        .filter(({ buildId, lastCurrentAt }) => buildId !== current?.buildId && lastCurrentAt !== undefined)
        .toSorted((one, other) => (other.lastCurrentAt ?? 0) - (one.lastCurrentAt ?? 0));
      if (before === undefined || !current?.buildId)
        throw refused(
          'no version was current before this one',
          'Promote the version that new payouts shall go to.',
        );
      mustHaveWorkers(before);
      await makeCurrent(info, before.buildId, conflictToken);
      return { deployment, buildId: before.buildId, from: current.buildId, replayed: 0, ended: 'current' };
    },
    async move(from, to, { move, skipRefused, onReplayed = () => undefined }) {
      if (from === to) throw refused('that is one and the same version', 'Name two versions.');
      const { info, version } = await describeVersion(to);
      const { versions } = await readDeployment(calls, info, now);
      versionIn(versions, info, from);
      mustHaveWorkers(version);
      mustBeInstalled(version, `payouts are moved to it only after a replay with its code`);
      return movePayouts(calls, {
        deployment: info.name ?? '',
        from,
        to,
        bundle: installed,
        move,
        skipRefused,
        onReplayed,
      });
    },
  };

  async function describe(): Promise<{ readonly info: Deployment; readonly conflictToken: Uint8Array }> {
    const deploymentName = named ?? (await onlyDeployment());
    const { workerDeploymentInfo, conflictToken } = await calls.ask((service) =>
      service.describeWorkerDeployment({ namespace: calls.namespace, deploymentName }),
    );
    return { info: workerDeploymentInfo ?? { name: deploymentName }, conflictToken: conflictToken ?? empty };
  }

  async function onlyDeployment(): Promise<string> {
    const { workerDeployments } = await calls.ask((service) =>
      service.listWorkerDeployments({ namespace: calls.namespace, pageSize: mostDeployments }),
    );
    const names = (workerDeployments ?? []).map(({ name }) => name ?? '').toSorted();
    const [only, ...others] = names;
    if (only === undefined)
      throw new VersionError(
        'version_not_found',
        'no worker takes part in worker versioning',
        'Start workers with --deployment-name (docs/versions.md), or leave versioning off.',
      );
    if (others.length > 0)
      throw new VersionError(
        'version_not_found',
        `there are several deployments: ${names.join(', ')}`,
        'Name one with --deployment-name.',
      );
    return only;
  }

  async function describeVersion(buildId: string) {
    const described = await describe();
    const { versions } = await readDeployment(calls, described.info, now);
    return { ...described, version: versionIn(versions, described.info, buildId) };
  }

  async function makeCurrent(
    { name }: Deployment,
    buildId: string,
    conflictToken: Uint8Array,
  ): Promise<void> {
    await calls.ask((service) =>
      service.setWorkerDeploymentCurrentVersion({
        namespace: calls.namespace,
        deploymentName: name ?? '',
        buildId,
        conflictToken,
        identity,
      }),
    );
  }

  /**
   * Runs of accounts, and payouts that are bound to no version, take up the code of whichever version becomes current. They
   * are replayed with it before.
   */
  async function mayFollow(
    info: Deployment,
    version: VersionReading,
    { withoutReplay = false, onReplayed = () => undefined }: RoutingOptions,
  ): Promise<number> {
    mustHaveWorkers(version);
    if (withoutReplay) return 0;
    const taskQueues = await taskQueuesOf(calls, info);
    const runs = [];
    for (const query of [followersOf(taskQueues), boundToNone(taskQueues)])
      for await (const run of calls.list(query)) runs.push(run);
    if (runs.length === 0) return 0;
    mustBeInstalled(
      version,
      `${runs.length} runs will go on with its code and must be replayed with it first`,
    );
    const differing: ReplayedRun[] = [];
    for (const run of runs) {
      const replayed = await replayRun(calls, run, installed);
      onReplayed(replayed);
      if (replayed.difference !== undefined) differing.push(replayed);
    }
    if (differing.length > 0)
      throw refused(
        `${differing.length} of ${runs.length} runs that would go on with ${version.buildId} do not replay with its code:\n` +
          differing.map(({ workflowId, difference }) => `  ${workflowId}: ${difference ?? ''}`).join('\n'),
        'Nothing changed. Deploy a version that replays them, or keep workers of the old one.',
      );
    return runs.length;
  }

  /** This program replays with the bundle that it was installed with: it must be the one that the workers run. */
  function mustBeInstalled({ buildId, builds }: VersionReading, because: string): void {
    if (builds.length === 1 && builds[0] === own) return;
    const run = builds.length === 0 ? 'another code' : builds.join(' and ');
    throw refused(
      `the workers of ${buildId} run ${run}, and this program is ${own}: ${because}`,
      `Nothing changed. Run this command with the program, or in the image, of ${buildId}.`,
    );
  }
}

const empty = new Uint8Array();
/** More than a namespace may have by default. */
const mostDeployments = 1_000;

function versionIn(
  versions: readonly VersionReading[],
  { name }: Deployment,
  buildId: string,
): VersionReading {
  const found = versions.find((version) => version.buildId === buildId);
  if (found !== undefined) return found;
  throw new VersionError(
    'version_not_found',
    `${name ?? 'the deployment'} has no version ${buildId}`,
    `It has ${versions.map((version) => version.buildId).join(', ') || 'none'}.`,
  );
}

function mustHaveWorkers({ buildId, workers }: VersionReading): void {
  if (workers.length > 0) return;
  throw refused(
    `no worker of ${buildId} has asked for work lately: what goes to it would wait`,
    'Nothing changed. Start workers of that version, and try again.',
  );
}

const refused = (message: string, next: string): VersionError =>
  new VersionError('version_refused', message, next);
