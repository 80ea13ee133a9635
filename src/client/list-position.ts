import { PayoutClientError } from './errors';

/** Where a payout stands in a list, newest first: by its start, and by its run id where two started in the same millisecond. */
export type ListPosition = {
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly runId: string;
};

export const cursorAt = ({ startedAt, runId }: ListPosition): string => `${startedAt}.${runId}`;

/** The inverse of `cursorAt`; throws `arguments_invalid` for anything else. */
export function positionOf(cursor: string): ListPosition {
  const [, startedAt, runId] = /^(\d{1,15})\.([A-Za-z0-9-]{1,64})$/.exec(cursor) ?? [];
  if (startedAt !== undefined && runId !== undefined) return { startedAt: Number(startedAt), runId };
  throw new PayoutClientError(
    'arguments_invalid',
    '`after` (on the command line --cursor) is no cursor of a listed payout',
  );
}

/** Negative where `left` comes first: the newest does. */
export const comparePositions = (left: ListPosition, right: ListPosition): number => {
  if (left.startedAt !== right.startedAt) return right.startedAt - left.startedAt;
  if (left.runId === right.runId) return 0;
  return left.runId < right.runId ? -1 : 1;
};
