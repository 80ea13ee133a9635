import type { PayoutSnapshot } from './payout-snapshot';
import type { PayoutStatus } from './payout-status';
import type { HeldReason } from './reason';

/** What a payout waits for, in words for someone who does not know the code. Markdown. */
export const waitsFor: Readonly<Record<PayoutStatus, string>> = {
  received: 'Being opened.',
  screening: 'Being screened against sanctions lists.',
  'awaiting-approval': 'Waiting for people to approve.',
  submitting: 'Being sent to the provider.',
  unconfirmed:
    'It is not known whether the provider accepted it. What became of it is being found out. **Do not pay it by other means.**',
  submitted: 'The provider has accepted it. Waiting for its next status.',
  processing: 'The provider is paying. Waiting for its final status.',
  paid: 'Paid.',
  returned: 'Paid, and the money came back.',
  failed: 'Not paid: the provider refused it or ended it unpaid.',
  rejected: 'Not paid: our own rules, a list or an approver said no.',
  expired: 'Not paid: a deadline passed before anything was sent.',
  cancelled: 'Not paid: cancelled before anything was accepted.',
};

/** What whoever's turn it is does about a hold. Markdown. */
export const whatToDo: Readonly<Record<HeldReason, string>> = {
  outcome_unknown: 'Ask the provider whether it has a payout with the attempt key below.',
  provider_mismatch:
    'Compare the provider’s payout with the request, then resolve: name the payout that is ours, or say that none is. Resuming looks again.',
  insufficient_funds:
    'Top the provider account up, then resume. For all payouts of the account at once: `payouts topup`.',
  daily_limit: 'The provider’s daily cap is used up. It is tried again by itself; resume to try now.',
  monthly_limit: 'The provider’s monthly cap is used up. It is tried again by itself; resume to try now.',
  credentials_refused: 'Check the account’s credentials, clock and allowed addresses, then resume.',
  account_suspended: 'Ask the provider why the account is suspended or frozen, then resume.',
  account_paused:
    'The provider account is paused: `payouts accounts` says why. It is sent when the account is resumed.',
  account_misconfigured:
    'The provider does not know the address, shop or currency of the account. Check its base URL and settings, then resume.',
  provider_unavailable: 'The provider cannot be reached. It is tried again by itself.',
  provider_refusal_unclear:
    'The provider refused for a reason that its documentation does not name. Ask, then resume.',
  screening_unavailable: 'Screening is not possible right now. It is tried again by itself.',
  screening_review:
    'Compare the lines “Pays to” and “Account” with each line “Listed” below, and look the entry up in its list; with a line “Not compared”, look the name up by hand. Two people decide: approve with a reason lets the payout go on, reject ends it.',
  approval_blocked:
    'Too few people have the roles that the policy asks for. Change the policy, then resume. A screening review that lacks people can only be cancelled.',
  quote_unavailable: 'There is no usable quote within the limits. It is tried again by itself.',
  status_overdue: 'The provider has shown no final status for longer than planned. Ask it.',
  status_contradiction:
    'The provider contradicts what it said before. Ask it, then resume to accept what it says now.',
  account_changed:
    'This worker’s configuration lacks the account as it was when the payout began. Restore it, then resume.',
  register_unavailable:
    'The register cannot be asked whether this may be sent. It is tried again by itself; what was sent before is followed meanwhile.',
  attempt_conflict:
    'The register has another text for what is about to be sent, or another run that sends it. Engineers: compare its row with this run and with the provider before anything else. **Do not pay it by other means.**',
  unexpected_failure:
    'An unexpected failure of ours. Engineers: see the failed activity below; resume to try again.',
};

/** What it waits for, with what the status alone does not say. Markdown. */
export function situation({ status, reason, held, final, moneyMoved }: PayoutSnapshot): string {
  if (reason === 'reference_reused')
    return 'Not sent: an earlier payout had this reference. What became of that one is not known here. **Do not pay it by other means.**';
  if (final && moneyMoved === 'unknown') return 'It had ended, and then the provider said otherwise.';
  if (held !== undefined && status === 'submitting')
    return 'Not accepted by the provider so far: it waits for what stands below.';
  return waitsFor[status];
}

/** Something that a person can do from a terminal. */
export type NextStep = {
  readonly label: string;
  /** Words in capitals are to be filled in. */
  readonly command: string;
  /** What it comes to. */
  readonly after?: string;
};

/** `name`: how the payout is called in the commands. */
export function resumeSteps({ held, account }: PayoutSnapshot, name: string): readonly NextStep[] {
  if (held === undefined || held.reason === 'screening_review') return [];
  // The pause is the account's: tried again before it ends, the payout waits again.
  const resumed = held.reason === 'account_paused' ? (account?.id ?? 'ACCOUNT') : name;
  return [{ label: 'From a terminal, when that is done', command: `payouts resume ${resumed} --as YOU` }];
}

export function resolutionSteps(
  { resolution, status, held }: PayoutSnapshot,
  name: string,
): readonly NextStep[] {
  const resolve = `payouts resolve ${name}`;
  if (resolution !== undefined) {
    if (resolution.confirmedBy !== undefined) return [];
    return [
      {
        label: 'A second person, when it is true',
        command: `${resolve} --confirm ${resolution.proposal} --as YOU`,
      },
      { label: 'When it is not', command: `${resolve} --reject ${resolution.proposal} --as YOU` },
    ];
  }
  if (status !== 'unconfirmed' || held === undefined) return [];
  const named: NextStep = { label: 'The provider named its id', command: `${resolve} --adopt ID --as YOU` };
  if (held.reason !== 'outcome_unknown' && held.reason !== 'provider_mismatch') return [named];
  return [
    named,
    {
      label: 'The provider says it has none',
      command: `${resolve} --never-accepted --evidence "WHO SAID WHAT, WHEN" --as YOU`,
      after: 'a second person confirms',
    },
  ];
}

export function decisionSteps({ approval }: PayoutSnapshot, name: string): readonly NextStep[] {
  if (approval?.open !== true) return [];
  const why = approval.purpose === 'screening' ? ' --reason "WHY IT IS SOMEBODY ELSE"' : '';
  return [{ label: 'From a terminal', command: `payouts decide ${name} --approve --as YOU${why}` }];
}
