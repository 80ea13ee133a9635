import type { NativeConnection } from '@temporalio/worker';
import { payoutSearchAttributes } from '../contract/search-attributes';
import type { Mode } from '../domain/attempt-key';
import { WorkerStartError } from './worker-start-error';

/** gRPC status codes; the connection's errors carry them as numbers. */
const grpc = { invalidArgument: 3, notFound: 5, permissionDenied: 7, unimplemented: 12, unauthenticated: 16 } as const;

/** `INDEXED_VALUE_TYPE_KEYWORD` of `temporal.api.enums.v1`. */
const keywordType = 2;

const day = 86_400;
const leastRetentionDays = 30;

/**
 * Refuses a namespace in which payouts would not be safe or not be found. Live mode needs 30 days of retention: a closed
 * run that is forgotten can be started again under the same id. Returns what is only worth a warning.
 */
export async function checkNamespace(
  connection: NativeConnection,
  namespace: string,
  mode: Mode,
): Promise<{ readonly warnings: readonly string[] }> {
  const { config } = await describeNamespace(connection, namespace);
  const warnings: string[] = [];
  const retentionDays = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / day;
  if (retentionDays < leastRetentionDays) {
    const says = `namespace ${namespace} keeps closed runs for ${retentionDays.toFixed(1)} days`;
    if (mode === 'live') {
      throw new WorkerStartError('retention_too_short', [
        `${says}; live payouts need at least ${leastRetentionDays}: temporal operator namespace update --namespace ${namespace} --retention ${leastRetentionDays}d`,
      ]);
    }
    warnings.push(`${says}: enough for a sandbox, refused in live mode`);
  }
  const missing = await missingSearchAttributes(connection, namespace, Object.values(config?.customSearchAttributeAliases ?? {}));
  if (missing === 'unknown') {
    warnings.push('the search attributes could not be checked: this server does not list them for our credentials');
  } else if (missing.length > 0) {
    const names = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    throw new WorkerStartError('search_attributes_missing', [
      `namespace ${namespace} lacks search attributes of type Keyword: ${missing.join(', ')}`,
      `register them: temporal operator search-attribute create --namespace ${namespace} ${names}`,
    ]);
  }
  return { warnings };
}

async function describeNamespace(
  connection: NativeConnection,
  namespace: string,
): ReturnType<NativeConnection['workflowService']['describeNamespace']> {
  try {
    return await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    const code = grpcCode(error);
    if (code === grpc.notFound || code === grpc.invalidArgument) {
      throw new WorkerStartError('namespace_missing', [
        `there is no namespace ${namespace} on this server: check TEMPORAL_NAMESPACE, or create it with "temporal operator namespace create"`,
      ]);
    }
    if (code === grpc.permissionDenied || code === grpc.unauthenticated) {
      throw new WorkerStartError('temporal_refused', [
        `the Temporal server refuses our credentials for namespace ${namespace}: check TEMPORAL_API_KEY or the client certificate`,
      ]);
    }
    throw new WorkerStartError('temporal_unreachable', ['the Temporal server does not answer'], { cause: error });
  }
}

/** Names that are not there, or there with another type. `aliases` are the namespace's own names, where it has such. */
async function missingSearchAttributes(
  connection: NativeConnection,
  namespace: string,
  aliases: readonly string[],
): Promise<readonly string[] | 'unknown'> {
  const wanted = payoutSearchAttributes.map(({ name }) => name);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return wanted.filter((name) => (customAttributes ?? {})[name] !== keywordType);
  } catch (error) {
    const code = grpcCode(error);
    // Temporal Cloud has no operator service; its namespaces name their attributes themselves.
    if (code !== grpc.unimplemented && code !== grpc.permissionDenied) throw error;
    return aliases.length === 0 ? 'unknown' : wanted.filter((name) => !aliases.includes(name));
  }
}

const grpcCode = (error: unknown): number | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
};
