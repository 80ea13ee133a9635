import type { IdempotencyContract } from '../../domain/idempotency-contract';
import type { PollPlan } from '../provider';

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/**
 * What Syncgram promises about duplicates ("Create withdrawal", docs.bachs.io/api-reference/payouts/create-withdrawal):
 * the same `idempotency_key` returns "the cached response for **up to 30 minutes**"; while it is being worked on, 409.
 * After that a second send may create a second payout.
 *
 * - A replay is written at most **15 minutes** after the first send. "Up to" is an upper bound, the cache may be counted
 *   from the provider's first sight of the request or lost with a process, and a stale worker's send has nothing else to
 *   stop it (the bearer token does not age as a signature would). Half of the stated time is kept in reserve.
 * - The list is searched before each replay, and once more after it: whether the key is still remembered cannot be seen
 *   from a reply.
 * - No machine concludes absence: the list has no filter by reference, its order is second-hand, and nothing says how late
 *   a payout may appear in it. After half an hour a person is asked; the search goes on.
 * - Replies are cached whatever they are ("cached response"), so a corrected send needs a new key and reference. A cached
 *   reply may be older than the payout's status: after a replay, read the status by id.
 * - A 409 may mean that the payout itself is not final, so it can last for hours. It is never a refusal.
 * - The create reply is documented as id, status and provider_reference; it repeats nothing that was sent. Payouts that are
 *   read carry `reference` and `from_amount` / `to_amount` (successor's PayoutResponse).
 * - No status means that a paid payout came back.
 */
export const syncgramContract: IdempotencyContract = {
  replay: { windowMs: 15 * minutes, afterEmptyLookUps: 1, verifyByLookUp: true },
  lookUp: { kind: 'scan', graceMs: 5 * seconds, absence: null },
  refusalsRemembered: true,
  recoveryPlanMs: [
    5 * seconds,
    10 * seconds,
    30 * seconds,
    1 * minutes,
    2 * minutes,
    5 * minutes,
    15 * minutes,
    1 * hours,
  ],
  personAfterMs: 30 * minutes,
  echoes: {
    submit: [],
    lookUp: ['key', 'amount', 'currency'],
    status: ['key', 'amount', 'currency'],
  },
  returns: { reported: false, watchMs: 0 },
  unpaid: { settleMs: 60 * seconds, watchMs: 24 * hours },
};

/** No pace is documented for polling; the successor allows 100 requests a minute for each key. */
export const syncgramPollPlan: PollPlan = {
  delaysMs: [15 * seconds, 1 * minutes, 5 * minutes, 15 * minutes, 1 * hours],
  overdueAfterMs: 24 * hours,
  watchDelaysMs: [15 * minutes, 1 * hours, 6 * hours],
};
