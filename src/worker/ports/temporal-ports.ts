import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { createAccountMessages } from './account-messages';
import { createAccountPauseReader } from './account-pause';
import { createClaimReader } from './claims';
import { createCurrentAttemptReader } from './current-attempt';
import { createHeldPayouts } from './held-payouts';
import type { TemporalPorts } from './machine-ports';
import { createEndOfPayoutReader } from './end-of-payout';
import { createOtherRunsReader } from './other-runs';
import { createSuccessors } from './successors';

/** The ports that Temporal answers, over the worker's own connection. `taskQueue`: where its workflows are worked on. */
export function createTemporalPorts(
  connection: NativeConnection,
  namespace: string,
  taskQueue: string,
  installation: string,
): TemporalPorts {
  const client = new Client({ connection, namespace });
  const pause = createAccountPauseReader(connection, namespace, installation);
  return {
    accountPause: pause.read,
    ...createAccountMessages(client, taskQueue, installation, pause),
    ...createHeldPayouts(client),
    claimsOn: createClaimReader(connection, namespace),
    endOfPayout: createEndOfPayoutReader(connection, namespace),
    isCurrentAttempt: createCurrentAttemptReader(connection, namespace),
    otherRuns: createOtherRunsReader(connection, namespace),
    takePlace: createSuccessors(client, taskQueue),
  };
}
