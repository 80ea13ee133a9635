import type { PayeeIdentifier } from './identifiers';

/**
 * The port to sanctions screening. It fails closed: what cannot be looked up, or was answered oddly, is `unavailable`,
 * never `clear`.
 */
export type Screener = {
  /** Rejects only when `signal` ends it. */
  screen(subject: ScreeningSubject, signal?: AbortSignal): Promise<ScreeningDecision>;
};

/** A screener that can also tell, without a subject, what keeps it from deciding. */
export type CheckedScreener = Screener & {
  /** Empty when everything that is needed can be used right now. Loads lists, asks services, tries canary names. */
  problems(signal?: AbortSignal): Promise<readonly ScreeningProblem[]>;
  /** What a person should know about lists that can be used. */
  remarks?(): Promise<readonly ScreeningProblem[]>;
};

/** What is wrong, and what to do about it. No names, no entries. */
export type ScreeningProblem = {
  /** The key of `screening` in the configuration that it is about. */
  readonly key: 'lists' | 'watchman';
  readonly message: string;
};

/**
 * Who is looked up. There is no birth date and no kind of entity on purpose: a request knows neither, and a wrong one hides
 * entries (docs/decisions/0016-how-names-are-screened.md).
 */
export type ScreeningSubject = {
  /** The beneficiary's name as the requester gave it. */
  readonly name: string;
  /** Where the money goes: ISO 3166-1 alpha-2. */
  readonly country: string;
  /** The beneficiary's bank, as far as the request names it. */
  readonly bank?: {
    readonly bankCode?: string;
    readonly bic?: string;
    readonly ifsc?: string;
  };
  /** What identifies the account that is paid: compared with what lists hold, and asked for its country. */
  readonly identifiers?: readonly PayeeIdentifier[];
};

/**
 * - `clear`: nothing similar stands on any list.
 * - `possible`: something similar, or a name in a script that cannot be compared; a person decides.
 * - `match`: a listed name or identifier, or a rule of the configuration; refused, and never sent another way.
 * - `unavailable`: nobody can say. It is not an answer about the beneficiary, and never passes.
 *
 * No decision holds the beneficiary's name. The names of listed entries stand in hits alone (`names`), for people who
 * compare: they go with the activity's result, and never into notes, logs, search attributes, memos or details.
 */
export type ScreeningDecision =
  | ({ readonly kind: 'clear' } & ScreeningEvidence)
  | ({ readonly kind: 'possible' | 'match'; readonly hits: readonly ScreeningHit[] } & ScreeningEvidence)
  | { readonly kind: 'unavailable'; readonly note: string };

export type ScreeningEvidence = {
  /** `name@version` of each list that was looked at. Two equal arrays are the same lists in the same versions. */
  readonly lists: readonly string[];
  /** The same lists with their times. Our screeners always give it; a stand-in may leave it out. */
  readonly checks?: readonly ListCheck[];
  /** ISO 15924 codes of scripts that Latin letters do not serve, in which the name was compared with every list. */
  readonly comparedScripts?: readonly string[];
};

export type ListCheck = {
  readonly list: string;
  /** SHA-256 or the service's own hash, in full. */
  readonly version: string;
  readonly entries: number;
  /** How many of them have a name with letters that have no Latin reading; absent when none has. */
  readonly unreadable?: number;
  /** When the list became what it is (a file's last change, a service's last load): RFC 3339. Absent for what never ages. */
  readonly listedAt?: string;
  /** When it was looked at: RFC 3339. */
  readonly checkedAt: string;
};

export type ScreeningHit = {
  readonly list: string;
  /** The list's own id of the entry, or the rule. */
  readonly entry: string;
  /** From 0 to 1 as a decimal string. Scores of different screeners are not comparable. */
  readonly score: string;
  readonly reason: ScreeningReason;
  /** The entry's names as the list spells them, the first ones. */
  readonly names?: readonly string[];
};

/** Names of one entry that a hit carries, at most. */
export const mostShownNames = 5;

export const screeningReasons = [
  'exact-name',
  'exact-alias',
  'similar-name',
  'similar-alias',
  'contained-name',
  'contained-alias',
  'script-not-comparable',
  'listed-identifier',
  'blocked-country',
  'blocked-bank',
] as const;
export type ScreeningReason = (typeof screeningReasons)[number];

/** More would not help a person decide, and every hit stands in the history of a payout. */
export const mostShownHits = 5;
/** Somebody who is similar to so many is nobody whom a person could let go. */
export const mostHits = 100;

/** All of them that count, best first. */
export const bestHits = (hits: readonly ScreeningHit[]): readonly ScreeningHit[] =>
  hits.toSorted((one, other) => Number(other.score) - Number(one.score)).slice(0, mostHits);

/** A score as it is shown: four decimals, no trailing zeros. Rounded down, so that it never looks better than it is. */
export const scoreText = (score: number): string => String(Math.floor(score * 10_000 + 1e-6) / 10_000);

/** Ids of list entries may travel into logs and histories; a text that could be a name may not. */
export const isEntryId = (text: string): boolean => /^[A-Za-z0-9#._:/-]{1,64}$/.test(text);
