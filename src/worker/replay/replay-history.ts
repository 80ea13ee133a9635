import { defaultPayloadConverter, IllegalStateError } from '@temporalio/common';
import { coresdk, temporal } from '@temporalio/proto';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Workflow, WorkflowCreator } from '@temporalio/worker/lib/workflow/interface';
import { payoutSnapshotQuery, payoutTimelineQuery } from '../../contract/messages';
import type { PayoutEvent, PayoutSnapshot } from '../../domain/payout-snapshot';
import type { ReplayableHistory } from './history-file';

const { EventType } = temporal.api.enums.v1;
const { WorkflowActivation } = coresdk.workflow_activation;

/** What a replay found. Snapshot and timeline are of the last moment that was replayed. */
export type Replay = {
  /** The first thing that today's workflows do otherwise; absent when they take the whole history. */
  readonly difference?: ReplayDifference;
  /** Absent for a workflow that answers no such question, and where the run could not even begin. */
  readonly snapshot?: PayoutSnapshot;
  readonly timeline?: readonly PayoutEvent[];
};

export type ReplayDifference = {
  /** One sentence. */
  readonly message: string;
  /** The event of the history that does not fit, where the SDK names one. */
  readonly eventId?: number;
  /** The SDK's own words. */
  readonly details: string;
};

/**
 * Replays a history with a workflow bundle, without a server. The timeline comes from the replayed run itself: it is
 * asked its own queries just before the SDK lets go of it, so the workflow's code and commands are those of production.
 */
export async function replayHistory(
  { workflowId, runId, of, history }: ReplayableHistory,
  workflowBundle: WorkflowBundleOption,
): Promise<Replay> {
  installQuietRuntime();
  let last: Pick<Replay, 'snapshot' | 'timeline'> = {};
  class AskingWorker extends Worker {
    protected static override async createWorkflowCreator(
      ...given: Parameters<typeof Worker.createWorkflowCreator>
    ): Promise<WorkflowCreator> {
      const creator = await super.createWorkflowCreator(...given);
      return {
        // A replay goes by the run id of the first run, also after a reset; the workflow looks at its own.
        createWorkflow: async (options) =>
          beforeDisposal(
            await creator.createWorkflow({ ...options, info: { ...options.info, runId } }),
            async (workflow) => {
              if (of === 'payout') last = await askAll(workflow, runId);
            },
          ),
        destroy: async () => creator.destroy(),
      };
    }
  }
  const results = AskingWorker.runReplayHistories({ workflowBundle }, [{ workflowId, history }]);
  let refused: Error | undefined;
  // To its end: the run is asked after its result is known.
  for await (const { error } of results) refused = error;
  return refused === undefined ? last : { difference: differenceOf(refused, history), ...last };
}

/** The same workflow, asked once before it is gone. */
function beforeDisposal(workflow: Workflow, ask: (workflow: Workflow) => Promise<void>): Workflow {
  return {
    activate: async (activation) => ({
      ...(await workflow.activate(activation)),
      ...(activation.runId == null ? {} : { runId: activation.runId }),
    }),
    getAndResetSinkCalls: async () => workflow.getAndResetSinkCalls(),
    async dispose() {
      try {
        await ask(workflow);
      } finally {
        await workflow.dispose();
      }
    },
  };
}

async function askAll(workflow: Workflow, runId: string): Promise<Pick<Replay, 'snapshot' | 'timeline'>> {
  const snapshot = await ask<PayoutSnapshot>(workflow, runId, payoutSnapshotQuery.name);
  const timeline = await ask<readonly PayoutEvent[]>(workflow, runId, payoutTimelineQuery.name);
  return {
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(timeline === undefined ? {} : { timeline }),
  };
}

async function ask<T>(workflow: Workflow, runId: string, queryType: string): Promise<T | undefined> {
  const { successful } = await workflow.activate(
    WorkflowActivation.fromObject({
      runId,
      jobs: [{ queryWorkflow: { queryId: queryType, queryType, arguments: [], headers: {} } }],
    }),
  );
  const response = successful?.commands?.find(({ respondToQuery }) => respondToQuery?.queryId === queryType)
    ?.respondToQuery?.succeeded?.response;
  return response ? defaultPayloadConverter.fromPayload<T>(response) : undefined;
}

/** The SDK's words are for its own developers: they name the event in passing, deep inside a failure. */
function differenceOf({ message }: Error, { events }: ReplayableHistory['history']): ReplayDifference {
  const inner = /message: "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
  const details = inner.replaceAll('\\"', '"').replace(/^\[TMPRL\d+\] /, '');
  const eventId = /\bid: (\d+)/.exec(details)?.[1];
  const event = events?.find((each) => String(each.eventId) === eventId);
  const mixed = /(?:scheduled event|recorded marker) '(.*?)' does not match .* '(.*?)'$/.exec(details);
  if (mixed !== null) {
    return {
      message: `the history has ${mixed[1] ?? ''}; this version does ${mixed[2] ?? ''} there`,
      details,
    };
  }
  const unstarted = /Missing associated machine for LocalActivity\((\d+)\)/.exec(details)?.[1];
  const marker = unstarted === undefined ? undefined : localActivityOf(events ?? [], Number(unstarted));
  if (marker !== undefined) {
    return {
      eventId: Number(marker.event.eventId),
      message: `the history has ${marker.name}; this version does something else there`,
      details,
    };
  }
  if (eventId === undefined || event === undefined) {
    return { message: 'the workflow fails in this version, where the history goes on', details };
  }
  const here = /([A-Za-z ]+?) ?machine does not handle/i.exec(details)?.[1];
  const instead =
    here !== undefined
      ? `something else there (${inWords(here.replace(/^.*error: /, ''))})`
      : details.includes('No command scheduled')
        ? 'nothing there'
        : 'something else there';
  return {
    eventId: Number(eventId),
    message: `event ${eventId} of the history is ${nameOf(event)}; this version does ${instead}`,
    details,
  };
}

/** A local activity leaves one marker, with its number and its name in it. */
function localActivityOf(
  events: readonly temporal.api.history.v1.IHistoryEvent[],
  seq: number,
): { readonly event: temporal.api.history.v1.IHistoryEvent; readonly name: string } | undefined {
  for (const event of events) {
    const { markerName, details } = event.markerRecordedEventAttributes ?? {};
    if (markerName !== 'core_local_activity') continue;
    const data = details?.['data']?.payloads?.[0];
    const marker = data?.data ? (JSON.parse(Buffer.from(data.data).toString()) as LocalMarker) : {};
    if (marker.seq === seq && marker.activity_type !== undefined)
      return { event, name: marker.activity_type };
  }
  return undefined;
}
type LocalMarker = { readonly seq?: number; readonly activity_type?: string };

const nameOf = (event: temporal.api.history.v1.IHistoryEvent): string => {
  const what = event.activityTaskScheduledEventAttributes?.activityType?.name;
  const name = inWords((EventType[event.eventType ?? 0] ?? 'unknown').replace('EVENT_TYPE_', ''));
  return typeof what === 'string' ? `${name} (${what})` : name;
};

const inWords = (name: string): string =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
    .trim();

/** What a replay refuses is in its result: nothing is logged beside it. */
export function installQuietRuntime(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      shutdownSignals: [],
      telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
    });
  } catch (error) {
    // Whoever installed the runtime decides about its log.
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
