import type { ApprovalRound } from '../../../domain/approval';
import { questionIn } from '../../../domain/approval';

/** What people were asked, and what came of it so far. */
export class PeopleAsked {
  /** Whether people agree that it is paid: the newest question to them. */
  approval: ApprovalRound | undefined;
  /** Whether people let somebody go who is similar to a listed name: the newest question. */
  review: ApprovalRound | undefined;
  /** How often people were asked each of the two. */
  readonly timesAsked = { payout: 0, screening: 0 };
  /** Done once the decisions that came before people were asked are. */
  earlyDecisions: Promise<void> = Promise.resolve();
  /** Raises a question that waits for long, for lists of payouts. */
  attention: 'reminded' | 'escalated' | undefined;
  /** When it last waited for them. */
  waitedAt = 0;
  /** What people let go: digests of screening reviews. */
  readonly releasedDigests = new Set<string>();

  /** The question that is open, else the one about paying. */
  get round(): ApprovalRound | undefined {
    return this.review?.open === true ? this.review : this.approval;
  }

  /** Somebody is asked right now about what this digest stands for, whatever has lapsed since. */
  isAsked(digest: string): boolean {
    const { round } = this;
    return round?.open === true && questionIn(round.digest) === questionIn(digest);
  }

  roundOf(purpose: ApprovalRound['purpose']): ApprovalRound {
    const round = purpose === 'payout' ? this.approval : this.review;
    if (round === undefined) throw new Error(`nobody was asked about the ${purpose}`);
    return round;
  }

  setRound(round: ApprovalRound): void {
    this.waitedAt = Date.now();
    if (round.purpose === 'payout') this.approval = round;
    else this.review = round;
  }
}
