import type { NativeConnection } from '@temporalio/worker';
import { createCurrentAttemptReader } from './current-attempt';
import type { TemporalPorts } from './machine-ports';
import { createPriorAttemptReader } from './prior-attempts';

/** The ports that Temporal answers, over the worker's own connection. */
export const createTemporalPorts = (connection: NativeConnection, namespace: string): TemporalPorts => ({
  isCurrentAttempt: createCurrentAttemptReader(connection, namespace),
  priorAttemptKeys: createPriorAttemptReader(connection, namespace),
});
