import { PayoutClientError } from '../../client/errors';
import type { PayoutClient } from '../../client/payout-client';
import type { ListedPayout } from '../../client/payout-list';
import type { PayoutView } from '../../client/read-payout';
import type { OwnerRole } from '../../domain/reason';

/** What lists do not hold about a payout that waits for people: only the payout itself knows. */
export type WaitingDetails = {
  /** Person ids: who may decide now. Empty where nobody is asked. */
  readonly mayDecide: readonly string[];
  /** Whose turn it is, where it is held. */
  readonly owner?: OwnerRole;
  /** Unix milliseconds. */
  readonly deadlineAt?: number;
};

/** `undefined`: it could not be asked. */
export type Asked = { readonly payout: ListedPayout; readonly details: WaitingDetails | undefined };

/** So many questions are open at once: a worker may have to replay each payout for its answer. */
const together = 8;
/** A list is worth having without the details: it does not wait for each queue without a worker as long as `show` does. */
const patienceMs = 3_000;

/** Whether people have something to do about it. */
export const waitsForPeople = ({ status, heldReason, closed }: ListedPayout): boolean =>
  closed === undefined && (heldReason !== undefined || status === 'awaiting-approval');

export const detailsOf = ({ approval, held }: PayoutView): WaitingDetails => {
  const asks = approval?.open === true ? approval : undefined;
  const deadlineAt = asks?.expiresAt ?? held?.deadlineAt;
  return {
    mayDecide: asks?.mayDecide ?? [],
    ...(held === undefined ? {} : { owner: held.owner }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
  };
};

export type WaitingAsker = {
  /** How many could not be asked, and why the first of them could not. */
  readonly unasked: () => { readonly count: number; readonly why: PayoutClientError } | undefined;
  readonly ask: (payouts: readonly ListedPayout[]) => Promise<readonly Asked[]>;
  /** How many payouts are asked at once, at most. */
  readonly together: number;
};

/**
 * Asks those that wait for people. In a task queue where no worker answers it asks once: the list is worth having without the
 * details. One that cannot be read does not spoil the others.
 */
export function createWaitingAsker(client: PayoutClient): WaitingAsker {
  let why: PayoutClientError | undefined;
  let count = 0;
  const awayQueues = new Set<string | undefined>();
  const unknown = (payout: ListedPayout): Asked => {
    count += 1;
    return { payout, details: undefined };
  };
  const askOne = async (payout: ListedPayout): Promise<Asked> => {
    if (!waitsForPeople(payout)) return { payout, details: { mayDecide: [] } };
    if (awayQueues.has(payout.taskQueue)) return unknown(payout);
    try {
      return { payout, details: detailsOf(await inTime(client.get(payout))) };
    } catch (error) {
      if (!(error instanceof PayoutClientError)) throw error;
      why ??= error;
      if (error.code === 'worker_not_available') awayQueues.add(payout.taskQueue);
      return unknown(payout);
    }
  };
  return {
    unasked: () => (why === undefined ? undefined : { count, why }),
    together,
    ask: async (payouts) => Promise.all(payouts.map(askOne)),
  };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new PayoutClientError('worker_not_available', 'no worker answered within 3 seconds')),
      patienceMs,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
