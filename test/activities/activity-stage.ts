/** What a test of one activity needs: an installation, ports that the test moves by hand, and Temporal's context. */
import { createHash } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { ActivityPorts } from '../../src/activities/activity-ports';
import { createActivities } from '../../src/activities/create-activities';
import type { Installation } from '../../src/activities/installation';
import type { PayoutActivities, PayoutPlan, PreparedAttempt } from '../../src/activities/payout-activities';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutProvider } from '../../src/providers/provider';
import { exampleRequest } from '../support/example-request';
import { installationOf } from '../support/payout-harness';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A machine whose clock stands still until the test moves it. */
export type Machine = {
  readonly ports: ActivityPorts;
  elapse(ms: number): void;
  /** How many times something is repeated now. */
  repeating(): number;
  readonly asked: Parameters<ActivityPorts['otherRuns']>[0][];
  /** What was said of an account's credentials. */
  readonly reports: Parameters<ActivityPorts['reportCredentials']>[1][];
};

export const scheduledAtMs = 1_790_000_000_000;

export function fakeMachine(
  priorKeys: readonly string[] | 'unavailable' = [],
  current: () => boolean = () => true,
  pause: Awaited<ReturnType<ActivityPorts['accountPause']>> = { paused: false },
  endedUnpaid = false,
): Machine {
  let nowMs = 0;
  const repeats = new Set<{ readonly ms: number; readonly run: () => void; dueMs: number }>();
  const asked: Machine['asked'] = [];
  const reports: Machine['reports'] = [];
  return {
    ports: {
      stopwatch: () => {
        const startMs = nowMs;
        return () => nowMs - startMs;
      },
      every: (ms, run) => {
        const repeat = { ms, run, dueMs: nowMs + ms };
        repeats.add(repeat);
        return () => void repeats.delete(repeat);
      },
      sha256,
      endOfPayout: async () => ({ kind: 'missing' }),
      takePlace: async ({ reference }) => ({ kind: 'taken', by: reference }),
      accountPause: async () => pause,
      reportCredentials: async (_account, report) => {
        reports.push(report);
        return 'reported';
      },
      mayProbe: async () => false,
      heldPayouts: async () => [],
      tellPayout: async () => true,
      pause: async () => undefined,
      claimsOn: async () => [],
      isCurrentAttempt: async () => current(),
      otherRuns: async (run) => {
        asked.push(run);
        return priorKeys === 'unavailable' ? priorKeys : { keys: priorKeys, endedUnpaid };
      },
    },
    elapse(ms) {
      nowMs += ms;
      for (const repeat of repeats) {
        for (; repeat.dueMs <= nowMs; repeat.dueMs += repeat.ms) repeat.run();
      }
    },
    repeating: () => repeats.size,
    asked,
    reports,
  };
}

export const request = exampleRequest();
export const runId = 'run-1';

type Result<Name extends keyof PayoutActivities> = Awaited<ReturnType<PayoutActivities[Name]>>;

export function stage(
  provider: PayoutProvider,
  options: {
    readonly machine?: Machine;
    readonly installation?: Partial<Installation>;
    readonly info?: ConstructorParameters<typeof MockActivityEnvironment>[0];
    readonly of?: PayoutRequest;
  } = {},
) {
  const machine = options.machine ?? fakeMachine();
  const installation = installationOf(provider, options.installation);
  const environment = new MockActivityEnvironment(
    {
      scheduledTimestampMs: scheduledAtMs,
      currentAttemptScheduledTimestampMs: scheduledAtMs,
      workflowExecution: { workflowId: payoutWorkflowId(options.of ?? request), runId },
      ...options.info,
    },
    { logger: new DefaultLogger('ERROR', () => undefined) },
  );
  const activities = createActivities({ installation, ports: machine.ports });
  /** Runs one activity in Temporal's context. */
  const run = async <Name extends keyof PayoutActivities>(
    name: Name,
    input: Parameters<PayoutActivities[Name]>[0],
  ): Promise<Result<Name>> => {
    const activity = activities[name] as unknown as (given: typeof input) => Promise<Result<Name>>;
    return environment.run<[typeof input], Result<Name>, typeof activity>(activity, input);
  };
  const beats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => beats.push(details));
  return { machine, environment, beats, run };
}

export async function planFor(
  provider: PayoutProvider,
  changes: Partial<Installation> = {},
): Promise<PayoutPlan> {
  const { run } = stage(provider, { installation: changes });
  const opened = await run('openPayout', {
    schema: 1,
    input: { schema: 1, request },
    startedAt: scheduledAtMs,
    originalRunId: runId,
    firstRunId: runId,
  });
  if (opened.kind !== 'planned') throw new Error(`not planned: ${JSON.stringify(opened)}`);
  return opened.plan;
}

export const attemptOf = (body = '{"amount":"125.00"}'): PreparedAttempt => ({
  schema: 1,
  key: 'key-1',
  generation: 1,
  body,
  bodyHash: sha256(body),
});
