import { condition, log } from '@temporalio/workflow';
import type { ApprovalChain, ApprovalRound } from '../../../domain/approval';
import { isApproved, newApprovalRound } from '../../../domain/approval';
import type { DecidedLevel } from '../../../domain/policy/evaluate-policy';
import { Alarm } from './alarm';
import type { PayoutRun } from '../payout-run';
import { publish } from '../publishing';

export type RoundEnd = 'approved' | 'rejected' | 'cancelled' | 'expired';

/**
 * Asks the people of a chain, level after level, and waits: reminds them, calls the people of an escalation, and ends with
 * what they decided, with a cancellation, or when a level's time is up.
 */
export async function askPeople(
  run: PayoutRun,
  asked: {
    readonly purpose: ApprovalRound['purpose'];
    readonly chain: ApprovalChain;
    readonly digest: string;
  },
): Promise<RoundEnd> {
  const { purpose, chain } = asked;
  const times = (run.people.timesAsked[purpose] += 1);
  // A decision about the same terms as in an earlier round is another decision.
  const digest = times === 1 ? asked.digest : `${asked.digest}#${times}`;
  const alarm = new Alarm();
  run.people.setRound(newApprovalRound({ purpose, chain, digest, latestAt: run.wishEndsAt }, Date.now()));
  let seen: Pick<ApprovalRound, 'level' | 'askedAt'> | undefined;
  let isReminded = false;
  try {
    for (;;) {
      const round = run.people.roundOf(purpose);
      const end = endOf(run, round);
      if (end !== undefined) return end;
      const level = round.chain.levels[round.level];
      if (level === undefined) throw new Error('a round without a level');
      if (seen?.level !== round.level || seen.askedAt !== round.askedAt) {
        seen = { level: round.level, askedAt: round.askedAt };
        isReminded = false;
        run.people.attention = undefined;
        run.record('approval-requested', { note: requestInWords(round, level) });
      }
      const now = Date.now();
      if (now >= round.expiresAt) return 'expired';
      const escalateAt = escalationOf(round, level);
      if (escalateAt !== undefined && now >= escalateAt) {
        run.people.setRound({ ...round, escalated: true });
        raise(
          run,
          'escalated',
          'approval-escalated',
          `${inWords(level.escalation?.people ?? [])} of ${level.escalation?.role ?? ''} may decide as well`,
        );
        continue;
      }
      const remindAt = isReminded ? undefined : reminderOf(round, level);
      if (remindAt !== undefined && now >= remindAt) {
        isReminded = true;
        raise(
          run,
          'reminded',
          'approval-reminded',
          `${levelInWords(round)}${lacking(round, level)} of ${level.role} still to approve`,
        );
        continue;
      }
      publish(run);
      alarm.set(
        Math.min(round.expiresAt, escalateAt ?? round.expiresAt, remindAt ?? round.expiresAt),
        `approval deadline (${level.quorum} of ${level.role})`,
      );
      const { rings } = alarm;
      await condition(() => alarm.rings > rings || isNews(run, round));
    }
  } finally {
    alarm.cancel();
    run.people.attention = undefined;
    run.people.setRound({ ...run.people.roundOf(purpose), open: false });
  }
}

function endOf(run: PayoutRun, round: ApprovalRound): RoundEnd | undefined {
  if (round.rejectedBy !== undefined) return 'rejected';
  if (run.cancelRequested) return 'cancelled';
  return isApproved(round) ? 'approved' : undefined;
}

/** Something that the wait has to look at. One more approval at the same level is none. */
function isNews(run: PayoutRun, before: ApprovalRound): boolean {
  const round = run.people.roundOf(before.purpose);
  return endOf(run, round) !== undefined || round.level !== before.level || round.askedAt !== before.askedAt;
}

/** When the people of the escalation are called; undefined where there are none, or they are called already. */
const escalationOf = (
  { escalated, askedAt, expiresAt }: ApprovalRound,
  { escalation }: DecidedLevel,
): number | undefined =>
  escalated || escalation === undefined || askedAt + escalation.afterMs >= expiresAt
    ? undefined
    : askedAt + escalation.afterMs;

const reminderOf = (
  { askedAt, expiresAt }: ApprovalRound,
  { reminderAfterMs }: DecidedLevel,
): number | undefined =>
  reminderAfterMs === undefined || askedAt + reminderAfterMs >= expiresAt
    ? undefined
    : askedAt + reminderAfterMs;

const requestInWords = (round: ApprovalRound, level: DecidedLevel): string =>
  `${levelInWords(round)}${lacking(round, level)} of ${level.role} must approve (${inWords(level.people)})`;

const levelInWords = ({ chain, level }: ApprovalRound): string =>
  chain.levels.length === 1 ? '' : `level ${level + 1} of ${chain.levels.length}, `;

const lacking = ({ approvals, level }: ApprovalRound, { quorum }: DecidedLevel): number =>
  quorum - approvals.filter((given) => given.level === level).length;

/** A role can have many people; the payout itself names them all. */
const inWords = (people: readonly string[]): string =>
  people.length <= mostNamed
    ? people.join(', ')
    : `${people.slice(0, mostNamed).join(', ')} and ${people.length - mostNamed} more`;

const mostNamed = 6;

/** It is seen in lists of payouts, in the timeline and in the worker's log. */
function raise(
  run: PayoutRun,
  attention: 'reminded' | 'escalated',
  event: 'approval-reminded' | 'approval-escalated',
  note: string,
): void {
  run.people.attention = attention;
  run.record(event, { note });
  log.warn('payout waits for people', { event, note });
}
