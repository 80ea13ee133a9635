import type { NativeConnection } from '@temporalio/worker';
import type { ActivityPorts } from '../../activities/activity-ports';
import { payoutProviderAccountAttribute, providerPayoutIdAttribute } from '../../contract/search-attributes';
import { visibilityLiteral } from '../../contract/visibility-literal';

/** More are not shown to anybody. */
const pageSize = 5;
/** Who asks is a local activity with a time limit. */
const patienceMs = 5_000;

/**
 * Which payouts have a provider's payout for theirs. Asked of Temporal's visibility, which is a second or so behind: it is
 * there for people who name a payout from a list, not for a race.
 */
export const createClaimReader =
  (connection: NativeConnection, namespace: string): ActivityPorts['claimsOn'] =>
  async ({ account, providerPayoutId }) => {
    try {
      const { executions } = await connection.withDeadline(Date.now() + patienceMs, async () =>
        connection.workflowService.listWorkflowExecutions({
          namespace,
          pageSize,
          query:
            `${providerPayoutIdAttribute.name} = ${visibilityLiteral(providerPayoutId)} AND ` +
            `${payoutProviderAccountAttribute.name} = ${visibilityLiteral(account)}`,
        }),
      );
      return [...new Set((executions ?? []).map(({ execution }) => execution?.workflowId ?? ''))];
    } catch {
      return 'unavailable';
    }
  };
