import { temporal } from '@temporalio/proto';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { ReplayedRun, Run } from './replay-runs';
import { replayRun } from './replay-runs';
import type { VersionCalls } from './version-calls';
import { VersionError } from './version-error';
import { pinnedTo } from './version-readings';

const { PinnedOverrideBehavior } = temporal.api.workflow.v1.VersioningOverride;

export type MoveReport = {
  /** Open payouts that are bound to the version, and were replayed. */
  readonly replayed: number;
  /** Their histories are none that the new version would have made: they stay. */
  readonly refused: readonly ReplayedRun[];
  readonly moved: readonly Run[];
  /** Went on between replay and move, to where the new version does not follow: they are where they were. */
  readonly putBack: readonly ReplayedRun[];
  /** Ended meanwhile. */
  readonly gone: readonly Run[];
};

/**
 * Moves open payouts from one version to another, after the histories of all of them were replayed with the other's code. One
 * that does not replay keeps all of them where they are, unless `skipRefused`. The server itself would move any run, and say
 * nothing until a task fails.
 */
export async function movePayouts(
  calls: VersionCalls,
  {
    deployment,
    from,
    to,
    bundle,
    move,
    skipRefused,
    onReplayed,
  }: {
    readonly deployment: string;
    readonly from: string;
    readonly to: string;
    /** Of `to`. */
    readonly bundle: WorkflowBundleOption;
    /** false: replays only. */
    readonly move: boolean;
    readonly skipRefused: boolean;
    readonly onReplayed: (run: ReplayedRun) => void;
  },
): Promise<MoveReport> {
  const gone: Run[] = [];
  const replays: ReplayedRun[] = [];
  // Read to its end before anything is moved: a page that begins where a moved run stood would leave one out.
  const runs: Run[] = [];
  for await (const run of calls.list(pinnedTo(deployment, from))) runs.push(run);
  for (const run of runs) {
    const replayed = await unlessGone(run, gone, () => replayRun(calls, run, bundle));
    if (replayed === undefined) continue;
    replays.push(replayed);
    onReplayed(replayed);
  }
  const refused = replays.filter(({ difference }) => difference !== undefined);
  const moved: Run[] = [];
  const putBack: ReplayedRun[] = [];
  if (move && (refused.length === 0 || skipRefused)) {
    for (const run of replays.filter(({ difference }) => difference === undefined)) {
      const pinned = await unlessGone(run, gone, async () => {
        await pin(run, to);
        return true;
      });
      if (pinned === undefined) continue;
      // Workers of the old version may have gone on with it since it was replayed.
      const now = await replayRun(calls, run, bundle);
      if (now.difference === undefined) moved.push(run);
      else {
        await pin(run, from);
        putBack.push(now);
      }
    }
  }
  return { replayed: replays.length, refused, moved, putBack, gone };

  async function pin(run: Run, buildId: string): Promise<void> {
    const version = { deploymentName: deployment, buildId };
    await calls.ask((service) =>
      service.updateWorkflowExecutionOptions({
        namespace: calls.namespace,
        workflowExecution: { workflowId: run.workflowId, runId: run.runId },
        workflowExecutionOptions: {
          versioningOverride: {
            pinned: { behavior: PinnedOverrideBehavior.PINNED_OVERRIDE_BEHAVIOR_PINNED, version },
          },
        },
        updateMask: { paths: ['versioning_override'] },
      }),
    );
  }
}

async function unlessGone<T>(run: Run, gone: Run[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VersionError) || error.code !== 'version_not_found') throw error;
    gone.push(run);
    return undefined;
  }
}
