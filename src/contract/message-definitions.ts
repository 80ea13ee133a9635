import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';

/*
 * What the workflow package's functions of these names return. They are written out here because the client package names
 * messages, too, and must not bring the workflow package into every service that asks for a payout.
 */

/** An Update: its answer, what it takes, and its name in every history. */
export const defineUpdate = <Answer, Args extends unknown[] = []>(name: string) =>
  ({ type: 'update', name }) as UpdateDefinition<Answer, Args>;

/** A Signal: what it takes, and its name in every history. */
export const defineSignal = <Args extends unknown[] = []>(name: string) =>
  ({ type: 'signal', name }) as SignalDefinition<Args>;

/** A Query: its answer, what it takes, and its name. */
export const defineQuery = <Answer, Args extends unknown[] = []>(name: string) =>
  ({ type: 'query', name }) as QueryDefinition<Answer, Args>;
