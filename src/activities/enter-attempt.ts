import type { HeldReason } from '../domain/reason';
import type { ActivityDeps } from './activity-ports';
import { claimedInWords, claimIntent, followsReset } from './claim-intent';
import type { PrepareAttemptInput, PreparedAttempt } from './payout-activities';

/** Why an attempt is not to be sent for now. */
export type NotEntered = {
  readonly reason: Extract<HeldReason, 'register_unavailable' | 'attempt_conflict'>;
  /** For people; without personal data. */
  readonly note: string;
};

/** `frozen`: it was entered before, and the register did not know it then, or had another. */
type Entering = Pick<PrepareAttemptInput, 'request' | 'plan' | 'frozen' | 'originalRunId' | 'startedAt'>;

/** Enters an attempt in the register before anybody hears of it, and says why it may not be sent where that failed. */
export async function enterAttempt(
  deps: ActivityDeps,
  entering: Entering,
  attempt: PreparedAttempt,
): Promise<NotEntered | undefined> {
  const problem = await entryProblem(deps, entering, attempt);
  return problem !== undefined && followsReset(entering.originalRunId) ? undefined : problem;
}

async function entryProblem(
  deps: ActivityDeps,
  entering: Entering,
  { key, generation, bodyHash }: PreparedAttempt,
): Promise<NotEntered | undefined> {
  const { register } = deps.installation;
  if (register === undefined) return undefined;
  const { tenant, reference } = entering.request;
  const entry = { tenant, reference, account: entering.plan.account, generation, key, bodyHash };
  if (entering.frozen === undefined) {
    const entered = await register.enterAttempt(entry);
    if (entered.kind !== 'unknown-intent') return problemOf(entered);
  }
  // The register was restored from an older backup, or the run began without one. The run lives, so its own history proves
  // what it sent: the claim is made again, as its own.
  const notOurs = await reclaim(deps, entering);
  if (notOurs !== undefined) return notOurs;
  const entered = await register.enterAttempt(entry);
  return entered.kind === 'unknown-intent' ? forgetful : problemOf(entered);
}

async function reclaim(
  deps: ActivityDeps,
  { request, plan, originalRunId, startedAt }: Entering,
): Promise<NotEntered | undefined> {
  if (originalRunId === undefined || startedAt === undefined) return forgetful;
  const claim = await claimIntent(deps, { request, plan, originalRunId, startedAt });
  if (claim.kind !== 'taken') return claim.kind === 'unavailable' ? problemOf(claim) : undefined;
  return { reason: 'attempt_conflict', note: `the reference ${claimedInWords(deps, claim.by, request)}` };
}

const forgetful: NotEntered = {
  reason: 'register_unavailable',
  note: 'the register does not know the payout',
};

const problemOf = (
  answer: { readonly kind: 'entered' | 'conflict' } | { readonly kind: 'unavailable'; readonly note: string },
): NotEntered | undefined => {
  if (answer.kind === 'unavailable') return { reason: 'register_unavailable', note: answer.note };
  return answer.kind === 'conflict'
    ? { reason: 'attempt_conflict', note: 'the register has another text as sent under this key' }
    : undefined;
};
