import type { NativeConnection } from '@temporalio/worker';
import { createAccountPauseReader } from './account-pause';
import { createClaimReader } from './claims';
import { createCurrentAttemptReader } from './current-attempt';
import type { TemporalPorts } from './machine-ports';
import { createEndOfPayoutReader } from './end-of-payout';
import { createOtherRunsReader } from './other-runs';

/** The ports that Temporal answers, over the worker's own connection. */
export const createTemporalPorts = (connection: NativeConnection, namespace: string): TemporalPorts => ({
  accountPause: createAccountPauseReader(connection, namespace),
  claimsOn: createClaimReader(connection, namespace),
  endOfPayout: createEndOfPayoutReader(connection, namespace),
  isCurrentAttempt: createCurrentAttemptReader(connection, namespace),
  otherRuns: createOtherRunsReader(connection, namespace),
});
