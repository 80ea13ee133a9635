import type { NativeConnection } from '@temporalio/worker';
import { payoutSearchAttributes } from '../contract/search-attributes';
import type { Mode } from '../domain/attempt-key';

/** Live money needs histories for at least this long: a closed run that is gone no longer stops a second start. */
const leastRetentionDays = 30;

/** What keeps a worker from serving this namespace; empty when it may. Sentences say what to do. */
export async function serverProblems(
  connection: NativeConnection,
  namespace: string,
  mode: Mode,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const described = await connection.workflowService.describeNamespace({ namespace });
  const seconds = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (mode === 'live' && seconds < leastRetentionDays * 86_400) {
    problems.push(
      `namespace ${namespace} retains closed runs for ${Math.floor(seconds / 86_400)} days; live money needs at least ` +
        `${leastRetentionDays}: temporal operator namespace update --retention ${leastRetentionDays * 24}h ${namespace}`,
    );
  }
  const { customAttributes = {} } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = payoutSearchAttributes.filter(({ name }) => !Object.hasOwn(customAttributes ?? {}, name));
  if (missing.length > 0) {
    const flags = missing.map(({ name }) => `--name ${name} --type Keyword`).join(' ');
    problems.push(
      `namespace ${namespace} lacks search attributes: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
    );
  }
  return problems;
}
