import { ApplicationFailure } from '@temporalio/common';
import type { WorkerInterceptors } from '@temporalio/worker';
import { stillPendingFailure } from '../../contract/failure-types';
import type { SpanEnd } from './tracer';
import type { Tracer } from './tracer';

/** A span for each activity, local ones included. Inputs and results hold requests: only ids that are public are said. */
export const activitySpans = (tracer: Tracer): NonNullable<WorkerInterceptors['activity']> => [
  ({ info }) => ({
    inbound: {
      execute: async (input, next) =>
        tracer.run(
          {
            name: info.activityType,
            kind: 'internal',
            ...(info.workflowExecution === undefined ? {} : { run: info.workflowExecution.runId }),
            attributes: {
              'temporal.workflow.id': info.workflowExecution?.workflowId ?? '',
              'temporal.run.id': info.workflowExecution?.runId ?? '',
              'temporal.activity.attempt': info.attempt,
            },
          },
          async () => next(input),
          { thrown: failureEnd },
        ),
    },
  }),
];

/** A failure's type is a word of ours; its message may quote anything. */
function failureEnd(error: unknown): SpanEnd {
  const type = error instanceof ApplicationFailure ? (error.type ?? '') : (error as Error | null)?.name;
  // Thrown on purpose: the server asks again later.
  if (type === stillPendingFailure) return { attributes: { 'payouts.reply': 'still-pending' } };
  return {
    isError: true,
    attributes: { 'error.type': /^\w{1,80}$/.test(type ?? '') ? (type ?? '') : 'error' },
  };
}
