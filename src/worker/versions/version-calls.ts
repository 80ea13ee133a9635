import type { NativeConnection } from '@temporalio/worker';
import { VersionError } from './version-error';

type WorkflowService = NativeConnection['workflowService'];
type Run = { readonly workflowId: string; readonly runId: string };

/** Temporal's answers about versions and the runs that are bound to them, each within a time, with its refusals in our words. */
export type VersionCalls = {
  readonly namespace: string;
  ask<T>(call: (service: WorkflowService) => Promise<T>): Promise<T>;
  /** Open runs that a query finds, of visibility. */
  count(query: string): Promise<number>;
  list(query: string): AsyncIterable<Run>;
};

const patienceMs = 10_000;
const pageSize = 500;

/** gRPC status codes. */
const grpc = {
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export function createVersionCalls(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  namespace: string,
): VersionCalls {
  const calls: VersionCalls = {
    namespace,
    async ask(call) {
      try {
        return await connection.withDeadline(Date.now() + patienceMs, () => call(connection.workflowService));
      } catch (error) {
        throw inOurWords(error);
      }
    },
    async count(query) {
      const { count } = await calls.ask((service) => service.countWorkflowExecutions({ namespace, query }));
      return Number(count ?? 0);
    },
    async *list(query) {
      let nextPageToken: Uint8Array | undefined;
      do {
        const token = nextPageToken === undefined ? {} : { nextPageToken };
        const page = await calls.ask((service) =>
          service.listWorkflowExecutions({ namespace, query, pageSize, ...token }),
        );
        for (const { execution } of page.executions ?? []) {
          if (execution?.workflowId && execution.runId)
            yield { workflowId: execution.workflowId, runId: execution.runId };
        }
        nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
      } while (nextPageToken !== undefined);
    },
  };
  return calls;
}

/** What is no refusal of the server is thrown as it is. */
function inOurWords(cause: unknown): unknown {
  const { code, details, message } = cause as {
    readonly code?: unknown;
    readonly details?: unknown;
    readonly message?: unknown;
  };
  const says = typeof details === 'string' && details !== '' ? details : String(message);
  switch (code) {
    case grpc.notFound:
      return new VersionError(
        'version_not_found',
        `Temporal knows it not: ${says}`,
        'See `payouts versions`.',
        {
          cause,
        },
      );
    case grpc.failedPrecondition:
      return new VersionError(
        'version_refused',
        `Temporal refuses: ${says}`,
        'Nothing changed. See `payouts versions`, and that workers of that version run.',
        { cause },
      );
    case grpc.unimplemented:
    case grpc.permissionDenied:
    case grpc.unauthenticated:
      return new VersionError(
        'temporal_versioning_unavailable',
        `Temporal does not let us see or change versions: ${says}`,
        'It needs a server of 1.28 or newer with worker versioning, and rights on its worker deployments.',
        { cause },
      );
    case grpc.unavailable:
    case grpc.deadlineExceeded:
      return new VersionError(
        'temporal_unavailable',
        `Temporal did not answer: ${says}`,
        'Check the address, and run the command again: repeating is safe.',
        { cause },
      );
    default:
      return cause;
  }
}
