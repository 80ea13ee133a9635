import { setTimeout as pauseFor } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { ReplayedRun, Run } from './replay-runs';
import { replayRun } from './replay-runs';
import type { VersionCalls } from './version-calls';
import { VersionError } from './version-error';
import type { VersionErrorCode } from './version-error';
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
  /** Temporal, or something else, failed between the move and the replay behind it. */
  readonly failed: readonly FailedMove[];
  /** Nobody touched them any more, after one that could not be brought back: they are where they were. */
  readonly untried: readonly Run[];
};

export type FailedMove = Run & {
  /** true: it is where it was. false: it may be bound to the new version, and nobody knows whether it replays there. */
  readonly isBack: boolean;
  /** Of a `VersionError`; otherwise `unexpected_error`. */
  readonly code: VersionErrorCode | 'unexpected_error';
  readonly message: string;
};

/** Between the tries to bring a run back to its version: Temporal may be away for a moment. */
const backDelaysMs = [1_000, 2_000, 4_000, 8_000];

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
    pause = pauseFor,
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
    readonly pause?: (ms: number) => Promise<unknown>;
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
  const failed: FailedMove[] = [];
  const untried: Run[] = [];
  if (move && (refused.length === 0 || skipRefused)) {
    for (const run of replays.filter(({ difference }) => difference === undefined)) {
      // Temporal is away, or does not let us: what is not begun now is certainly where it was.
      if (failed.some(({ isBack }) => !isBack)) untried.push(run);
      else await moveOne(run);
    }
  }
  return { replayed: replays.length, refused, moved, putBack, gone, failed, untried };

  /** Ends with the run replayed where it is, or back where it was; where neither can be had, the report says so. */
  async function moveOne(run: ReplayedRun): Promise<void> {
    let isPinned = false;
    try {
      if ((await unlessGone(run, gone, async () => pin(run, to))) === undefined) return;
      isPinned = true;
      // Workers of the old version may have gone on with it since it was replayed.
      const now = await replayRun(calls, run, bundle);
      if (now.difference === undefined) moved.push(run);
      else await bringBack(run, () => putBack.push(now));
    } catch (error) {
      const note = (): unknown => failed.push({ ...named(run), isBack: true, ...inWords(error) });
      // A pin that was refused was not made; one whose answer was lost may have been.
      if (!isPinned && isRefusal(error)) note();
      else await bringBack(run, note);
    }
  }

  async function bringBack(run: Run, onBack: () => unknown): Promise<void> {
    try {
      if ((await unlessGone(run, gone, async () => pinPatiently(run))) !== undefined) onBack();
    } catch (error) {
      failed.push({ ...named(run), isBack: false, ...inWords(error) });
    }
  }

  async function pinPatiently(run: Run): Promise<true> {
    for (const delayMs of backDelaysMs) {
      try {
        return await pin(run, from);
      } catch (error) {
        if (isRefusal(error) || isGone(error)) throw error;
        await pause(delayMs);
      }
    }
    return pin(run, from);
  }

  async function pin(run: Run, buildId: string): Promise<true> {
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
    return true;
  }
}

async function unlessGone<T>(run: Run, gone: Run[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isGone(error)) throw error;
    gone.push(run);
    return undefined;
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof VersionError && error.code === 'version_not_found';

const isRefusal = (error: unknown): boolean =>
  error instanceof VersionError &&
  (error.code === 'version_refused' || error.code === 'temporal_versioning_unavailable');

const named = ({ workflowId, runId }: Run): Run => ({ workflowId, runId });

const inWords = (error: unknown): Pick<FailedMove, 'code' | 'message'> => ({
  code: error instanceof VersionError ? error.code : 'unexpected_error',
  message: error instanceof Error ? error.message : String(error),
});
