import { amountWords } from '../../domain/amount-words';
import { decisionSteps, resolutionSteps, resumeSteps, situation, whatToDo } from '../../domain/next-steps';
import type { NextStep } from '../../domain/next-steps';
import { formatMoney } from '../../domain/money';
import { isScriptDoubt } from '../../domain/payee-view';
import type { ListedFinding, Payee, PayeeView } from '../../domain/payee-view';
import type { ApprovalSummary, PayoutSnapshot } from '../../domain/payout-snapshot';
import { codeSpan } from './code-span';

/** ISO time to the second; built by hand, because locale data differs between machines. */
export const time = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** What people typed is shown as text, whatever Markdown it holds. */
export const quoted = (text: string): string => text.replace(/[^\p{L}\p{N} .,:;()/+-]/gu, '’');

const stepLine = ({ label, command, after }: NextStep): string =>
  `- **${label}**: \`${command}\`${after === undefined ? '' : `; ${after}`}`;

function resolutionLines(payout: PayoutSnapshot, workflowId: string): readonly string[] {
  const { resolution } = payout;
  const steps = resolutionSteps(payout, workflowId).map(stepLine);
  if (resolution !== undefined) {
    const what =
      resolution.kind === 'adopt'
        ? 'this is our payout at the provider'
        : 'the provider never accepted it, and it is to end as failed';
    const says = `${quoted(resolution.by)} says: ${quoted(resolution.evidence)}`;
    if (resolution.confirmedBy !== undefined)
      return [`- **Confirmed by two**: ${what}. ${says}. Confirmed by ${quoted(resolution.confirmedBy)}`];
    return [`- **Proposed**: ${what}. ${says}`, ...steps];
  }
  return steps;
}

/** While it is not known whether the provider has it: when the machine looks, and from when on people may judge. */
function findingOutLines({ findingOut, held }: PayoutSnapshot): readonly string[] {
  if (findingOut === undefined) return [];
  const { nextLookAt, peopleMayEndAt } = findingOut;
  return [
    ...(nextLookAt === undefined || held !== undefined
      ? []
      : [`- **Looked again by itself**: ${time(nextLookAt)}`]),
    ...(peopleMayEndAt === undefined
      ? []
      : [`- **People may say that the provider has none**: from ${time(peopleMayEndAt)} on`]),
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
  const lines = [`### ${payout.status}${payout.held ? ' — held' : ''}`, '', situation(payout), ''];
  const { held, approval, attempt, amounts } = payout;
  if (held) {
    lines.push(
      `- **Held**: ${held.reason}${held.note === undefined || held.note === held.reason ? '' : ` (${held.note})`}, since ${time(held.since)}`,
      `- **Whose turn**: ${held.owner}${held.escalated ? ' — overdue' : ''}`,
      `- **What to do**: ${whatToDo[held.reason]}`,
      ...(held.nextCheckAt === undefined ? [] : [`- **Tried again by itself**: ${time(held.nextCheckAt)}`]),
      `- **Deadline**: ${time(held.deadlineAt)}`,
      ...resumeSteps(payout, workflowId).map(stepLine),
    );
  }
  lines.push(...findingOutLines(payout));
  lines.push(...resolutionLines(payout, workflowId));
  if (payout.reason) lines.push(`- **Reason**: ${payout.reason}`);
  lines.push(`- **Has money moved?** ${payout.moneyMoved}`);
  if (payee !== undefined) lines.push(...payeeLines(payee));
  if (listed !== undefined) lines.push(...listedLines(listed));
  if (approval?.open) lines.push(...approvalLines(payout, approval, workflowId));
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

function approvalLines(
  payout: PayoutSnapshot,
  approval: ApprovalSummary,
  workflowId: string,
): readonly string[] {
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
    ...decisionSteps(payout, workflowId).map(stepLine),
  ];
}
