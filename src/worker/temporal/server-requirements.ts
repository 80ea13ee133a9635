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
  /** What is as it may be here, and could not be where live money is: said of the namespace as `it`. */
  readonly remarks: readonly string[];
};

type Connection = Pick<NativeConnection, 'workflowService' | 'operatorService'>;

/** What is asked of a namespace. */
export type ServerDemands = {
  readonly mode: Mode;
  /** What an operator has looked up by hand (`temporal.retentionDays`); believed only where the server does not tell. */
  readonly retentionDays?: number | undefined;
};

/**
 * Looks whether payouts are safe in a namespace and can be found in it. Rejects only when the server does not answer.
 *
 * Not everybody may ask for everything: Temporal Cloud has no operator service, and an authorizer can keep descriptions of
 * namespaces for administrators. What cannot be seen becomes a warning that says what to check by hand, except that live money
 * is not moved where nobody has said how long closed runs are remembered.
 */
export async function checkServer(
  connection: Connection,
  namespace: string,
  { mode, retentionDays }: ServerDemands,
): Promise<ServerReport> {
  const retention = await describedRetention(connection, namespace);
  if (retention.kind === 'refused') return { problems: [retention.problem], warnings: [], remarks: [] };
  const problems: string[] = [];
  const warnings: string[] = [];
  const remarks: string[] = [];
  const seconds = retention.kind === 'told' ? retention.seconds : retentionDays && retentionDays * daySeconds;
  if (seconds === undefined) {
    const says = `the server does not tell us how long namespace ${namespace} retains closed runs`;
    const check = `look it up (temporal operator namespace describe, or the page of the namespace on Temporal Cloud)`;
    if (mode === 'sandbox') warnings.push(`${says}: ${check}; live money needs ${leastRetentionDays} days`);
    else
      problems.push(
        `${says}; live money needs at least ${leastRetentionDays} days: ${check} and write it into the configuration ` +
          'as temporal.retentionDays',
      );
  } else if (seconds < leastRetentionDays * daySeconds) {
    const days = Math.floor(seconds / daySeconds);
    const retains = `retains closed runs for ${days} ${days === 1 ? 'day' : 'days'}`;
    if (mode === 'sandbox')
      remarks.push(`it ${retains}: enough for a sandbox, and live money needs ${leastRetentionDays}`);
    else {
      problems.push(
        `namespace ${namespace} ${retains}; live money needs at least ${leastRetentionDays}: ` +
          `temporal operator namespace update --retention ${leastRetentionDays * 24}h ${namespace}`,
      );
    }
  } else if (retention.kind === 'hidden') {
    warnings.push(
      `the server does not tell how long namespace ${namespace} retains closed runs: the configuration says ` +
        `${retentionDays ?? 0} days (temporal.retentionDays)`,
    );
  }
  const attributes = await lookAtSearchAttributes(
    connection,
    namespace,
    retention.kind === 'told' ? retention.aliases : {},
  );
  if (attributes.missing.length > 0) {
    const flags = attributes.missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    problems.push(
      `namespace ${namespace} lacks search attributes of type Keyword: ` +
        (attributes.told === 'by the operator service'
          ? `temporal operator search-attribute create --namespace ${namespace} ${flags}`
          : `${attributes.missing.join(', ')}. Add them where the namespace is administered (docs/temporal-cloud.md)`),
    );
  } else if (attributes.told === 'by visibility') {
    warnings.push(
      `namespace ${namespace} has the search attributes of payouts, but their type could not be checked with our ` +
        'permissions: all must be Keyword (docs/temporal-cloud.md)',
    );
  } else if (attributes.told === 'not at all') {
    warnings.push(
      `the search attributes of namespace ${namespace} could not be checked with our permissions: it needs ` +
        `${payoutSearchAttributes.map(({ name }) => name).join(', ')}, all Keyword; without them no payout can be started`,
    );
  }
  return { problems, warnings, remarks };
}

/** The namespace's own names of search attributes, by the column that each stands for: `Keyword01`, `Int02`. */
type Aliases = Readonly<Record<string, string>>;

type Retention =
  | { readonly kind: 'told'; readonly seconds: number; readonly aliases: Aliases }
  | { readonly kind: 'hidden' }
  | { readonly kind: 'refused'; readonly problem: string };

async function describedRetention(connection: Connection, namespace: string): Promise<Retention> {
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    return {
      kind: 'told',
      seconds: Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0),
      aliases: config?.customSearchAttributeAliases ?? {},
    };
  } catch (error) {
    if (!isKeptFromUs(error)) return refusedOrThrown(error, namespace);
  }
  // Credentials that are for nothing here are refused with the same code: what every worker needs tells the two apart.
  try {
    await connection.workflowService.countWorkflowExecutions({ namespace, query: anyRun });
    return { kind: 'hidden' };
  } catch (error) {
    return refusedOrThrown(error, namespace);
  }
}

function refusedOrThrown(error: unknown, namespace: string): Retention {
  const problem = refusal(grpcCode(error), namespace);
  if (problem === undefined) throw error;
  return { kind: 'refused', problem };
}

const anyRun = "WorkflowId = 'none'";

function refusal(code: number | undefined, namespace: string): string | undefined {
  if (code === grpc.notFound || code === grpc.invalidArgument) {
    return `there is no namespace ${namespace} on this server: check TEMPORAL_NAMESPACE and --namespace, or create it`;
  }
  if (code === grpc.permissionDenied || code === grpc.unauthenticated) {
    return `the server refuses our credentials for namespace ${namespace}: check TEMPORAL_API_KEY or the client certificate`;
  }
  return undefined;
}

/** Who told which search attributes there are; `missing`: not there, or there with another type. */
type SearchAttributes = {
  readonly told: 'by the operator service' | 'by the namespace' | 'by visibility' | 'not at all';
  readonly missing: readonly string[];
};

async function lookAtSearchAttributes(
  connection: Connection,
  namespace: string,
  aliases: Aliases,
): Promise<SearchAttributes> {
  const wanted = payoutSearchAttributes.map(({ name }) => name);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return {
      told: 'by the operator service',
      missing: wanted.filter((name) => Number((customAttributes ?? {})[name]) !== keywordType),
    };
  } catch (error) {
    if (!isKeptFromUs(error)) throw error;
  }
  const columns = new Map(Object.entries(aliases).map(([column, name]) => [name, column]));
  if (wanted.every((name) => columns.has(name))) {
    return {
      told: 'by the namespace',
      missing: wanted.filter((name) => otherTypes.test(columns.get(name) ?? '')),
    };
  }
  const missing: string[] = [];
  for (const name of wanted) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query: `${name} = 'none'` });
    } catch (error) {
      // The server knows no such name.
      if (grpcCode(error) === grpc.invalidArgument) missing.push(name);
      else if (isKeptFromUs(error)) return { told: 'not at all', missing: [] };
      else throw error;
    }
  }
  return { told: 'by visibility', missing };
}

/** Columns of which is known that they hold no Keyword. */
const otherTypes = /^(?:Bool|Datetime|Double|Int|KeywordList|Text)\d+$/;

const isKeptFromUs = (error: unknown): boolean =>
  ([grpc.unimplemented, grpc.permissionDenied] as readonly (number | undefined)[]).includes(grpcCode(error));

const grpcCode = (error: unknown): number | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
};
