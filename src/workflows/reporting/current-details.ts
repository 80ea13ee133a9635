import { amountWords } from '../../domain/amount-words';
import { formatMoney } from '../../domain/money';
import { isScriptDoubt } from '../../domain/payee-view';
import type { ListedFinding, Payee, PayeeView } from '../../domain/payee-view';
import type { ApprovalSummary, PayoutSnapshot } from '../../domain/payout-snapshot';
import type { PayoutStatus } from '../../domain/payout-status';
import type { HeldReason } from '../../domain/reason';
import { codeSpan } from './code-span';

/** What the run waits for, in words for someone who does not know the code. */
const waitsFor: Readonly<Record<PayoutStatus, string>> = {
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

const whatToDo: Readonly<Record<HeldReason, string>> = {
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
  unexpected_failure:
    'An unexpected failure of ours. Engineers: see the failed activity below; resume to try again.',
};

/** ISO time to the second; built by hand, because locale data differs between machines. */
export const time = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** What people typed is shown as text, whatever Markdown it holds. */
export const quoted = (text: string): string => text.replace(/[^\p{L}\p{N} .,:;()/+-]/gu, '’');

function resolutionLines(
  { resolution, status, held }: PayoutSnapshot,
  workflowId: string,
): readonly string[] {
  if (resolution !== undefined) {
    const what =
      resolution.kind === 'adopt'
        ? 'this is our payout at the provider'
        : 'the provider never accepted it, and it is to end as failed';
    const says = `${quoted(resolution.by)} says: ${quoted(resolution.evidence)}`;
    if (resolution.confirmedBy !== undefined)
      return [`- **Confirmed by two**: ${what}. ${says}. Confirmed by ${quoted(resolution.confirmedBy)}`];
    return [
      `- **Proposed**: ${what}. ${says}`,
      `- **A second person, when it is true**: \`payouts resolve ${workflowId} --confirm ${resolution.proposal} --as YOU\``,
      `- **When it is not**: \`payouts resolve ${workflowId} --reject ${resolution.proposal} --as YOU\``,
    ];
  }
  if (status !== 'unconfirmed' || held === undefined) return [];
  return [
    `- **The provider named its id**: \`payouts resolve ${workflowId} --adopt ID --as YOU\``,
    ...(held.reason === 'outcome_unknown' || held.reason === 'provider_mismatch'
      ? [
          `- **The provider says it has none**: \`payouts resolve ${workflowId} --never-accepted --evidence "WHO SAID WHAT, WHEN" --as YOU\`; a second person confirms`,
        ]
      : []),
  ];
}

/**
 * Markdown for Temporal UI’s current details: lists, because its tables have no borders. It names the payee, with masked
 * identifiers, so that whoever decides there sees whom they pay. Temporal stores none of it: the SDK keeps the text in the
 * worker's memory and answers the query `__temporal_workflow_metadata` with it (unlike a summary, a memo or a search
 * attribute).
 */
export function describeForPeople(
  payout: PayoutSnapshot,
  workflowId: string,
  { payee, listed }: PayeeView,
): string {
  const isContradicted = payout.final && payout.moneyMoved === 'unknown';
  const lines = [
    `### ${payout.status}${payout.held ? ' — held' : ''}`,
    '',
    isContradicted
      ? 'It had ended, and then the provider said otherwise.'
      : payout.held && payout.status === 'submitting'
        ? 'Not accepted by the provider so far: it waits for what stands below.'
        : waitsFor[payout.status],
    '',
  ];
  const { held, approval, attempt, amounts } = payout;
  if (held) {
    lines.push(
      `- **Held**: ${held.reason}${held.note === undefined || held.note === held.reason ? '' : ` (${held.note})`}, since ${time(held.since)}`,
      `- **Whose turn**: ${held.owner}${held.escalated ? ' — overdue' : ''}`,
      `- **What to do**: ${whatToDo[held.reason]}`,
      ...(held.nextCheckAt === undefined ? [] : [`- **Tried again by itself**: ${time(held.nextCheckAt)}`]),
      `- **Deadline**: ${time(held.deadlineAt)}`,
      ...(held.reason === 'screening_review'
        ? []
        : [`- **From a terminal, when that is done**: \`payouts resume ${workflowId} --as YOU\``]),
    );
  }
  lines.push(...resolutionLines(payout, workflowId));
  if (payout.reason) lines.push(`- **Reason**: ${payout.reason}`);
  lines.push(`- **Has money moved?** ${payout.moneyMoved}`);
  if (payee !== undefined) lines.push(...payeeLines(payee));
  if (listed !== undefined) lines.push(...listedLines(listed));
  if (approval?.open) lines.push(...approvalLines(approval, workflowId));
  const words = amountWords(payout);
  if (amounts.source) lines.push(`- **${sentence(words.source)}**: ${formatMoney(amounts.source)}`);
  if (amounts.destination)
    lines.push(`- **${sentence(words.destination)}**: ${formatMoney(amounts.destination)}`);
  if (amounts.returned) lines.push(`- **Returned**: ${formatMoney(amounts.returned)}`);
  if (payout.account) lines.push(`- **Provider account**: ${payout.account.id} (${payout.account.mode})`);
  if (payout.providerPayoutId) lines.push(`- **Provider’s id**: \`${payout.providerPayoutId}\``);
  if (payout.providerStatus) lines.push(`- **Provider’s status**: ${payout.providerStatus}`);
  if (attempt) {
    const unresolved = attempt.unresolved === 0 ? '' : `, ${attempt.unresolved} with unknown outcome`;
    lines.push(`- **Attempt**: key \`${attempt.key}\`, ${attempt.sends} sent${unresolved}`);
  }
  if (payout.cancelRequested) lines.push('- **Cancellation**: asked for');
  if (payout.watchedUntil !== undefined) lines.push(`- **Watched until**: ${time(payout.watchedUntil)}`);
  return lines.join('\n');
}

function payeeLines({ name, country, currency, method, details, purpose }: Payee): readonly string[] {
  const ofAccount = details.filter(({ field }) => field.startsWith('beneficiary.'));
  return [
    `- **Pays to**: ${codeSpan(name)}, ${country}, in ${currency}`,
    `- **Account**: ${[method, ...ofAccount.map(({ label, value }) => `${label} ${codeSpan(value)}`)].join(', ')}`,
    ...(purpose === undefined ? [] : [`- **Purpose**: ${codeSpan(purpose)}`]),
  ];
}

function listedLines({ entries, more }: ListedFinding): readonly string[] {
  return [
    ...entries.map(({ list, entry, score, reason, names = [] }) => {
      if (isScriptDoubt({ reason }))
        return `- **Not compared**: no list was compared with a name in this script (${codeSpan(entry)}): look it up by hand`;
      const spelled = names.length === 0 ? 'its names stand in the list' : names.map(codeSpan).join(', ');
      return `- **Listed**: ${spelled} (${codeSpan(`${list} ${entry}`)}, ${reason} ${score})`;
    }),
    ...(more === undefined ? [] : [`- **Listed**: ${more} more entries`]),
  ];
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

function approvalLines(approval: ApprovalSummary, workflowId: string): readonly string[] {
  const { purpose, level, levels, expiresAt, digest, mayDecide, escalated, because } = approval;
  const isReview = purpose === 'screening';
  const asked = levels[level - 1];
  const given = approval.approvedBy.length === 0 ? 'nobody yet' : approval.approvedBy.join(', ');
  return [
    `- **${isReview ? 'Releases' : 'Approvals'}**: ${approval.approvedBy.length} of ${approval.required} (${given}), until ${time(expiresAt)}`,
    ...(levels.length > 1 && asked !== undefined
      ? [`- **Level**: ${level} of ${levels.length} (${asked.quorum} of ${asked.role})`]
      : []),
    ...(isReview ? [] : [`- **Asked for by**: ${quoted(because)}`]),
    `- **Who may decide now**: ${mayDecide.map(quoted).join(', ') || 'nobody'}${escalated ? ' (escalated)' : ''}`,
    `- **Digest to approve**: \`${digest}\``,
    `- **From a terminal**: \`payouts decide ${workflowId} --approve --as YOU${isReview ? ' --reason "WHY IT IS SOMEBODY ELSE"' : ''}\``,
  ];
}
