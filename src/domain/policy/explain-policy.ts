import { personId } from '../person';
import { entryInWords, evaluatePolicy } from './evaluate-policy';
import type { DecidedLevel, DecidedOutcome, PolicyDecision } from './evaluate-policy';
import { checkConditions } from './policy-conditions';
import { policyEntries } from './policy-document';
import type { PolicyDocument } from './policy-document';
import type { PolicyFacts } from './policy-facts';
import { durationInWords, listInWords, moneyInWords } from './policy-words';

/** What became of one rule that was asked. */
export type PolicyStep = {
  readonly name: string;
  readonly position: number;
  readonly tenant?: string;
  readonly matched: boolean;
  readonly because: string;
};

export type PolicyExplanation = {
  readonly decision: PolicyDecision;
  /** The rules that were asked, in order; the last one decided, unless none did. */
  readonly steps: readonly PolicyStep[];
  /** What follows, for people: the headline, then who is asked and within which times. */
  readonly outcomeLines: readonly string[];
  /** The whole, for people. */
  readonly lines: readonly string[];
};

/** Which rules were asked, why each did or did not match, and what follows. */
export function explainPolicy(document: PolicyDocument, facts: PolicyFacts): PolicyExplanation {
  const decision = evaluatePolicy(document, facts);
  const steps: PolicyStep[] = [];
  for (const { rule, position, tenant } of policyEntries(document)) {
    if (rule === undefined || position === undefined) continue;
    if (tenant !== undefined && tenant !== facts.tenant) continue;
    const conditions = checkConditions(rule.when, facts, document.people);
    const matched = conditions.every(({ holds }) => holds);
    const told = conditions.filter(({ holds }) => holds === matched).map(({ words }) => words);
    steps.push({
      name: rule.name,
      position,
      ...(tenant === undefined ? {} : { tenant }),
      matched,
      because: told.length === 0 ? 'it is about every payout' : told.join('; '),
    });
    if (matched) break;
  }
  const outcomeLines = [headline(decision.outcome), ...outcomeInWords(document, decision)];
  const [first = '', ...rest] = outcomeLines;
  return {
    decision,
    steps,
    outcomeLines,
    lines: [
      factsInWords(facts),
      '',
      `Policy “${document.label}”`,
      ...steps.map(stepInWords),
      ...(decision.decidedBy.kind === 'otherwise'
        ? [`  ${capitalised(entryInWords(decision.decidedBy))}: yes, because no rule matches`]
        : []),
      '',
      `Decision: ${first}`,
      ...rest.map((line) => `  ${line}`),
    ],
  };
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const stepInWords = ({ matched, because, ...rule }: PolicyStep): string =>
  `  ${capitalised(entryInWords({ kind: 'rule', ...rule }))}: ${matched ? 'yes' : 'no'}, because ${because}`;

function factsInWords(facts: PolicyFacts): string {
  const { amount, side, sourceCurrency, currency, country, method, tenant, requestedBy } = facts;
  const provider = facts.provider === '' ? '' : ` (${facts.provider})`;
  const by = facts.account === '' ? '' : `by ${facts.account}${provider}, `;
  const money = moneyInWords(amount.value, amount.currency);
  const corridor =
    side === 'source'
      ? `to be paid out in ${currency}`
      : `to arrive, from ${sourceCurrency ?? 'any currency'}`;
  return (
    `${money} ${corridor}, to a ${methodInWords[method]} in ${country}, ` +
    `${by}asked for by ${requestedBy} of ${tenant}`
  );
}

const methodInWords: Readonly<Record<PolicyFacts['method'], string>> = {
  'bank-account': 'bank account',
  'mobile-wallet': 'mobile wallet',
  card: 'card',
  'crypto-wallet': 'crypto wallet',
  'saved-destination': 'saved destination',
};

function headline(outcome: DecidedOutcome): string {
  if (outcome.kind === 'block') return `blocked: ${outcome.reason}`;
  if (outcome.kind === 'auto-approve') return 'approved by the policy; nobody is asked';
  const needed = outcome.levels.reduce((sum, { quorum }) => sum + quorum, 0);
  const people = needed === 1 ? 'one person' : `${needed} different people`;
  const order = outcome.levels.length === 1 ? '' : `, in ${outcome.levels.length} steps`;
  return `${people} must approve${order}`;
}

function outcomeInWords(document: PolicyDocument, { outcome, requester }: PolicyDecision): readonly string[] {
  if (outcome.kind === 'block') return [];
  const lines: string[] = [];
  if (outcome.kind === 'approve') {
    outcome.levels.forEach((level, index) => lines.push(...levelInWords(level, index + 1)));
    const isPerson = document.people.some(({ id }) => personId(id) === requester);
    if (isPerson) lines.push(`${requester} asked for it and cannot approve`);
    if (outcome.enoughPeople === 'after-escalation')
      lines.push('there are people enough only after escalation');
    if (outcome.enoughPeople === 'no')
      lines.push('there are not people enough: nobody could ever complete it');
  }
  if (outcome.extraScreening) lines.push('the beneficiary needs the extra screening');
  if (outcome.quoteBandPercent !== undefined) {
    lines.push(
      `the rate may move by ${outcome.quoteBandPercent} % after the approval; beyond that people are asked again`,
    );
  }
  return lines;
}

function levelInWords(level: DecidedLevel, position: number): readonly string[] {
  const { role, quorum, people, deadlineMs, reminderAfterMs, escalation } = level;
  const who =
    people.length === 0
      ? 'nobody is left'
      : quorum === people.length
        ? listInWords(people, 'and')
        : `${quorum} of ${listInWords(people, 'and')}`;
  const reminder =
    reminderAfterMs === undefined ? '' : `, reminded after ${durationInWords(reminderAfterMs)}`;
  return [
    `${position}. ${role}: ${who}, within ${durationInWords(deadlineMs)} of being asked${reminder}`,
    ...(escalation === undefined
      ? []
      : [
          `   after ${durationInWords(escalation.afterMs)} also ${escalation.role}: ${escalation.people.length === 0 ? 'nobody else' : listInWords(escalation.people, 'and')}`,
        ]),
  ];
}
