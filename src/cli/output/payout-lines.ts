import { amountWords } from '../../domain/amount-words';
import { formatMoney } from '../../domain/money';
import { decisionSteps, resolutionSteps, resumeSteps, situation, whatToDo } from '../../domain/next-steps';
import type { NextStep } from '../../domain/next-steps';
import type { Money } from '../../domain/money';
import type { PayoutEvent, PayoutSnapshot } from '../../domain/payout-snapshot';
import type { PayoutStatus } from '../../domain/payout-status';
import type { ReasonCode } from '../../domain/reason';
import type { PayoutOutcome } from '../../client/payout-outcome';
import { failureMeaning } from './failure-meanings';
import { styled } from './printer';
import type { Styled } from './printer';

/** How payouts are put into words; values are neutralised by the printer. */

export const time = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19) + 'Z';

const styles: Readonly<Record<PayoutStatus, Styled['style']>> = {
  received: 'cyan',
  screening: 'cyan',
  'awaiting-approval': 'cyan',
  submitting: 'cyan',
  unconfirmed: 'yellow',
  submitted: 'cyan',
  processing: 'cyan',
  paid: 'green',
  returned: 'red',
  failed: 'red',
  rejected: 'red',
  expired: 'red',
  cancelled: 'dim',
};

export const statusText = (status: PayoutStatus, heldReason?: string): Styled => {
  if (heldReason === undefined) return styled(styles[status], status);
  // It has ended, and is no hold: it says why nobody knows of the money.
  const isEnd = heldReason === ('reference_reused' satisfies ReasonCode);
  return styled('yellow', isEnd ? `${status}: ${heldReason}` : `${status}, held: ${heldReason}`);
};

type Fact = readonly [string, string | Styled];
const when = (label: string, value: string | undefined): readonly Fact[] =>
  value === undefined ? [] : [[label, value]];

/** What the timeline adds to the reason of an end: what to correct in the request, or the provider's refusal. */
export function whyEndedIn(reason: string, timeline: readonly PayoutEvent[]): string | undefined {
  const refused = timeline.findLast(({ type }) => type === 'send-refused');
  if (reason === 'provider_refused' && refused?.code !== undefined)
    return [`${refused.code}: ${failureMeaning(refused.code) ?? 'see docs/errors.md'}`, refused.note]
      .filter(Boolean)
      .join(' ');
  return timeline.findLast(({ code, note }) => code === reason && note !== undefined)?.note;
}

const currencyOf = (money: Money | undefined): string => (money === undefined ? '' : ` ${money.currency}`);

export function snapshotFacts(
  payout: PayoutSnapshot & { readonly closed?: string },
  why?: string,
): readonly Fact[] {
  const { held, amounts, account, approval, attempt, resolution } = payout;
  const words = amountWords(payout);
  return [
    ['payout', `${payout.tenant}/${payout.reference}`],
    ['status', statusText(payout.status, held?.reason)],
    ...when('run ended from outside', payout.closed),
    ['now', plainText(situation(payout))],
    ['money moved', payout.moneyMoved],
    ...when('reason', payout.reason),
    ...when('because', why),
    ...(held === undefined
      ? []
      : ([
          [
            'held because',
            held.note === undefined || held.note === held.reason
              ? held.reason
              : `${held.reason} (${held.note})`,
          ],
          ['whose turn', held.escalated ? `${held.owner}, overdue` : held.owner],
          ['what to do', plainText(whatToDo[held.reason])],
          ['held since', time(held.since)],
          [
            'next check',
            held.nextCheckAt === undefined ? 'none: a person resumes it' : time(held.nextCheckAt),
          ],
          ['deadline', time(held.deadlineAt)],
        ] satisfies readonly Fact[])),
    ...findingOutFacts(payout),
    ...stepsOf(payout).map(({ label, command, after }): Fact => [
      'command',
      `${command} – ${label}${after === undefined ? '' : `; ${after}`}`,
    ]),
    ...when(words.source, amounts.source && formatMoney(amounts.source)),
    ...when(words.destination, amounts.destination && formatMoney(amounts.destination)),
    ...when('rate', amounts.rate),
    ...when('quote expires', payout.quoteExpiresAt === undefined ? undefined : time(payout.quoteExpiresAt)),
    ...when(words.fee, amounts.fee && formatMoney(amounts.fee)),
    ...when('returned', amounts.returned && formatMoney(amounts.returned)),
    ['requested by', payout.requestedBy],
    ...when('account', account && `${account.id} (${account.provider}, ${account.mode})`),
    ...when('provider id', payout.providerPayoutId),
    ...when('provider status', payout.providerStatus),
    ...(approval === undefined
      ? []
      : ([
          [
            approval.purpose === 'screening' ? 'screening review' : 'approval',
            `${approval.approvedBy.length} of ${approval.required}${approval.open ? `, open until ${time(approval.expiresAt)}` : ', closed'}`,
          ],
          ...when('asked for by', approval.because || undefined),
          ...(approval.levels.length < 2
            ? []
            : approval.levels.map(({ role, quorum, approvedBy }, index): Fact => [
                `level ${index + 1}`,
                `${approvedBy.length} of ${quorum} of ${role}${approvedBy.length === 0 ? '' : ` (${approvedBy.join(', ')})`}${approval.open && index + 1 === approval.level ? ', asked now' : ''}`,
              ])),
          ...when('approved by', approval.approvedBy.join(', ') || undefined),
          ...when('rejected by', approval.rejectedBy),
          ...when(
            'may decide now',
            approval.open
              ? `${approval.mayDecide.join(', ')}${approval.escalated ? ' (escalated)' : ''}`
              : undefined,
          ),
          ...when(
            'approved band',
            approval.band &&
              `at least ${approval.band.leastReceived}${currencyOf(amounts.destination)} arrive, at most ${approval.band.mostDebited}${currencyOf(amounts.source)} debited`,
          ),
          ['digest', approval.digest],
        ] satisfies readonly Fact[])),
    ...(attempt === undefined
      ? []
      : ([
          ['attempt key', attempt.key],
          [
            'sends',
            `${attempt.sends} under generation ${attempt.generation}, ${attempt.unresolved} with unknown outcome`,
          ],
        ] satisfies readonly Fact[])),
    ...(resolution === undefined
      ? []
      : ([
          ['proposal', resolution.proposal],
          [
            'it says',
            resolution.kind === 'adopt' ? 'this is our payout at the provider' : 'it was never accepted',
          ],
          ['proposed by', `${resolution.by}, ${time(resolution.at)}`],
          ['evidence', resolution.evidence],
          ['confirmed by', resolution.confirmedBy ?? 'nobody yet: a second person is needed'],
        ] satisfies readonly Fact[])),
    ...when('takes the place of', payout.replaces),
    ...when('replaced by', payout.replacedBy),
    ...(payout.cancelRequested ? ([['cancellation', 'asked for']] satisfies readonly Fact[]) : []),
    ...when('watched until', payout.watchedUntil === undefined ? undefined : time(payout.watchedUntil)),
    ['started', time(payout.startedAt)],
    ['updated', time(payout.updatedAt)],
  ];
}

/** The texts are Markdown for Temporal's UI. */
const plainText = (markdown: string): string => markdown.replaceAll('**', '').replaceAll('`', '');

function stepsOf(payout: PayoutSnapshot & { readonly closed?: string }): readonly NextStep[] {
  // Nobody carries out anything in a run that was ended from outside.
  if (payout.closed !== undefined) return [];
  const name = `${payout.tenant}/${payout.reference}`;
  return [resumeSteps, resolutionSteps, decisionSteps].flatMap((stepsFor) => stepsFor(payout, name));
}

function findingOutFacts({ findingOut, held }: PayoutSnapshot): readonly Fact[] {
  if (findingOut === undefined) return [];
  const { nextLookAt, peopleMayEndAt } = findingOut;
  return [
    ...when('looks again', nextLookAt === undefined || held !== undefined ? undefined : time(nextLookAt)),
    ...when(
      'people may end it',
      peopleMayEndAt === undefined ? undefined : `from ${time(peopleMayEndAt)} on`,
    ),
  ];
}

export const outcomeFacts = (outcome: PayoutOutcome): readonly Fact[] => [
  ['payout', `${outcome.tenant}/${outcome.reference}`],
  ['status', statusText(outcome.status, outcome.heldReason)],
  ...when('run ended from outside', outcome.closed),
  ['money moved', outcome.moneyMoved],
  ...when('account', outcome.account),
  ...when('provider id', outcome.providerPayoutId),
];

export const eventHeader = ['#', 'time', 'status', 'event', 'details'] as const;

/** A note may only repeat the code. */
export const eventDetails = ({ by, code, note }: PayoutEvent): string =>
  [by && `by ${by}`, code, note === code ? undefined : note].filter(Boolean).join(', ');

export const eventRow = (event: PayoutEvent): readonly (string | Styled)[] => [
  String(event.seq),
  time(event.at),
  statusText(event.status),
  event.type,
  eventDetails(event),
];
