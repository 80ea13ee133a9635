import type { NativeConnection } from '@temporalio/worker';
import { payoutSearchAttributes } from '../../contract/search-attributes';
import type { Mode } from '../../domain/attempt-key';

/** Live money needs histories for at least this long: a closed run that is gone no longer stops a second start. */
const leastRetentionDays = 30;

const daySeconds = 86_400;

/** `INDEXED_VALUE_TYPE_KEYWORD` of `temporal.api.enums.v1`. */
const keywordType = 2;

/** gRPC status codes, which the connection's errors carry as numbers. */
const grpc = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  unimplemented: 12,
  unauthenticated: 16,
} as const;

export type ServerReport = {
  /** What keeps a worker from serving this namespace; empty when it may. Sentences say what to do. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
};

/**
 * Looks whether payouts are safe in a namespace and can be found in it. Rejects only when the server does not answer.
 * Temporal Cloud has no operator service; its namespaces name their search attributes themselves.
 */
export async function checkServer(
  connection: Pick<NativeConnection, 'workflowService' | 'operatorService'>,
  namespace: string,
  mode: Mode,
): Promise<ServerReport> {
  let described: Awaited<ReturnType<NativeConnection['workflowService']['describeNamespace']>>;
  try {
    described = await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    const problem = refusal(grpcCode(error), namespace);
    if (problem === undefined) throw error;
    return { problems: [problem], warnings: [] };
  }
  const problems: string[] = [];
  const warnings: string[] = [];
  const seconds = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (seconds < leastRetentionDays * daySeconds) {
    const says = `namespace ${namespace} retains closed runs for ${Math.floor(seconds / daySeconds)} days`;
    if (mode === 'sandbox') warnings.push(`${says}: enough for a sandbox, refused for live money`);
    else {
      problems.push(
        `${says}; live money needs at least ${leastRetentionDays}: ` +
          `temporal operator namespace update --retention ${leastRetentionDays * 24}h ${namespace}`,
      );
    }
  }
  const aliases = Object.values(described.config?.customSearchAttributeAliases ?? {});
  const missing = await missingSearchAttributes(connection, namespace, aliases);
  if (missing === 'unknown') {
    warnings.push(
      `the search attributes of namespace ${namespace} could not be checked with our permissions`,
    );
  } else if (missing.length > 0) {
    const flags = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    problems.push(
      `namespace ${namespace} lacks search attributes of type Keyword: ` +
        `temporal operator search-attribute create --namespace ${namespace} ${flags}`,
    );
  }
  return { problems, warnings };
}

function refusal(code: number | undefined, namespace: string): string | undefined {
  if (code === grpc.notFound || code === grpc.invalidArgument) {
    return `there is no namespace ${namespace} on this server: check TEMPORAL_NAMESPACE and --namespace, or create it`;
  }
  if (code === grpc.permissionDenied || code === grpc.unauthenticated) {
    return `the server refuses our credentials for namespace ${namespace}: check TEMPORAL_API_KEY or the client certificate`;
  }
  return undefined;
}

/** Names that are not there, or there with another type. `aliases` are the namespace's own names, where it has such. */
async function missingSearchAttributes(
  connection: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
  aliases: readonly string[],
): Promise<readonly string[] | 'unknown'> {
  const wanted = payoutSearchAttributes.map(({ name }) => name);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return wanted.filter((name) => Number((customAttributes ?? {})[name]) !== keywordType);
  } catch (error) {
    const code = grpcCode(error);
    if (code !== grpc.unimplemented && code !== grpc.permissionDenied) throw error;
    return aliases.length === 0 ? 'unknown' : wanted.filter((name) => !aliases.includes(name));
  }
}

const grpcCode = (error: unknown): number | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
};
