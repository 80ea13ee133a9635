import { canonicalJson } from '../canonical-json';
import { checkConditions } from './policy-conditions';
import { policyEntries } from './policy-document';
import type {
  ApprovalLevel,
  OutcomeExtras,
  PolicyDocument,
  PolicyEntry,
  PolicyOutcome,
} from './policy-document';
import type { PolicyFacts } from './policy-facts';
import { accountsOf, canBeFilled, peopleOfRole, personOf, seatsOf } from './policy-people';

/**
 * What the policy says about one payout, complete in itself: it is frozen into the run with the document's hash and
 * label, and is never asked for again.
 */
export type PolicyDecision = {
  readonly schema: 1;
  readonly label: string;
  readonly decidedBy: DecidingEntry;
  /** A sentence for the timeline. */
  readonly because: string;
  readonly outcome: DecidedOutcome;
  /** The person who asked: no decision of theirs counts. */
  readonly requester: string;
  /** What it was decided on; of the metadata, what the policy asks about. */
  readonly facts: PolicyFacts;
};

/** `tenant`: it stands among the rules of that tenant. */
export type DecidingEntry =
  | {
      readonly kind: 'rule';
      readonly name: string;
      /** From 1, in its own list. */
      readonly position: number;
      readonly tenant?: string;
    }
  | { readonly kind: 'otherwise'; readonly tenant?: string };

export type DecidedOutcome =
  | ({ readonly kind: 'auto-approve' } & OutcomeExtras)
  | ({
      readonly kind: 'approve';
      readonly levels: readonly DecidedLevel[];
      /** Whether there are people enough, each counting once: from the start, only after escalation, or never. */
      readonly enoughPeople: 'yes' | 'after-escalation' | 'no';
      /** Accounts of the people above and of whoever asked, as `personId` writes them, where they differ from the person's id. */
      readonly accounts: Readonly<Record<string, string>>;
    } & OutcomeExtras)
  | { readonly kind: 'block'; readonly reason: string };

/** A level with its people. Whoever asked for the payout is not among them. */
export type DecidedLevel = {
  readonly role: string;
  readonly quorum: number;
  /** Person ids. */
  readonly people: readonly string[];
  /** All durations count from the moment the level is asked. */
  readonly deadlineMs: number;
  readonly reminderAfterMs?: number;
  readonly escalation?: {
    readonly afterMs: number;
    readonly role: string;
    /** Who may decide as well from then on; nobody who may already. */
    readonly people: readonly string[];
  };
};

/** Exactly one decision for any facts: the first rule that matches, else the document's (or the tenant's) `otherwise`. */
export function evaluatePolicy(document: PolicyDocument, facts: PolicyFacts): PolicyDecision {
  const { entry, words } = decidingEntry(document, facts);
  const requester = personOf(document.people, facts.requestedBy);
  return {
    schema: 1,
    label: document.label,
    decidedBy: asDeciding(entry),
    because: becauseOf(entry, words),
    outcome: decided(document, entry.outcome, requester),
    requester,
    facts: factsAskedFor(document, facts),
  };
}

/** SHA-256 of the document's canonical JSON: the same for the same content, however it is written. */
export const policyHash = (document: PolicyDocument, sha256: (text: string) => string): string =>
  sha256(canonicalJson(document));

function decidingEntry(
  document: PolicyDocument,
  facts: PolicyFacts,
): { readonly entry: PolicyEntry; readonly words: readonly string[] } {
  for (const entry of policyEntries(document)) {
    if (entry.tenant !== undefined && entry.tenant !== facts.tenant) continue;
    const conditions = checkConditions(entry.rule?.when ?? {}, facts, document.people);
    if (conditions.every(({ holds }) => holds)) return { entry, words: conditions.map(({ words }) => words) };
  }
  throw new Error('a policy ends with an entry that always matches');
}

const asDeciding = ({ rule, position = 0, tenant }: PolicyEntry): DecidingEntry => ({
  ...(rule === undefined ? { kind: 'otherwise' } : { kind: 'rule', name: rule.name, position }),
  ...(tenant === undefined ? {} : { tenant }),
});

/** `rule 3 “large EUR”`, `rule 1 of tenant acme “own”`, `the default`. */
export function entryInWords(entry: DecidingEntry): string {
  const ofTenant = entry.tenant === undefined ? '' : ` of tenant ${entry.tenant}`;
  return entry.kind === 'otherwise'
    ? `the default${ofTenant}`
    : `rule ${entry.position}${ofTenant} “${entry.name}”`;
}

const becauseOf = (entry: PolicyEntry, words: readonly string[]): string =>
  `${entryInWords(asDeciding(entry))}: ${reasonInWords(entry, words)}`;

const reasonInWords = (entry: PolicyEntry, words: readonly string[]): string =>
  entry.rule === undefined
    ? 'no rule matches'
    : words.length === 0
      ? 'it is about every payout'
      : words.join('; ');

function decided(document: PolicyDocument, outcome: PolicyOutcome, requester: string): DecidedOutcome {
  if (outcome.kind !== 'approve') return outcome;
  const levels = outcome.levels.map((level) => decidedLevel(document, level, requester));
  const seats = (escalated: boolean) =>
    outcome.levels.map((level) => seatsOf(document, level, { requester, escalated }));
  const involved = new Set([
    requester,
    ...levels.flatMap(({ people, escalation }) => [...people, ...(escalation?.people ?? [])]),
  ]);
  return {
    ...outcome,
    levels,
    enoughPeople: canBeFilled(seats(false)) ? 'yes' : canBeFilled(seats(true)) ? 'after-escalation' : 'no',
    accounts: accountsOf(document.people, (person) => involved.has(person)),
  };
}

/** A level with the people who may fill it. */
export function decidedLevel(
  document: PolicyDocument,
  level: ApprovalLevel,
  requester: string,
): DecidedLevel {
  const { role, quorum, deadlineMs, reminderAfterMs, escalateAfterMs, escalateTo } = level;
  const { people } = seatsOf(document, level, { requester, escalated: false });
  return {
    role,
    quorum,
    people,
    deadlineMs,
    ...(reminderAfterMs === undefined ? {} : { reminderAfterMs }),
    ...(escalateAfterMs === undefined || escalateTo === undefined
      ? {}
      : {
          escalation: {
            afterMs: escalateAfterMs,
            role: escalateTo,
            people: peopleOfRole(document, escalateTo).filter(
              (person) => person !== requester && !people.includes(person),
            ),
          },
        }),
  };
}

/** Metadata that the policy does not ask about stays out of the decision. */
function factsAskedFor(document: PolicyDocument, facts: PolicyFacts): PolicyFacts {
  const { metadata = {}, ...rest } = facts;
  const asked = new Set(
    policyEntries(document).flatMap(({ rule }) => Object.keys(rule?.when.metadata ?? {})),
  );
  const kept = Object.entries(metadata).filter(([key]) => asked.has(key));
  return kept.length === 0 ? rest : { ...rest, metadata: Object.fromEntries(kept) };
}
