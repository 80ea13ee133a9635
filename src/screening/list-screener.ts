import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { readName } from './name-forms';
import { createNameIndex } from './name-index';
import type { NameIndex } from './name-index';
import { createIdentifierIndex } from './identifier-index';
import type { IdentifierIndex } from './identifier-index';
import { parseList } from './parse-list';
import type { ListEntry, ListFormat } from './parse-list';
import { bestHits, mostShownNames, scoreText } from './screener';
import type { CheckedScreener, ScreeningHit, ScreeningReason } from './screener';
import { isNeverSettled, scriptHits, tooIntricate } from './script-doubt';

/** Where a list comes from: a file that somebody keeps up to date, or names in the program. */
export type ListSource = { readonly name: string } & (
  { readonly file: string; readonly format: ListFormat } | { readonly names: readonly string[] }
);

/** The files as the screener sees them; a test gives its own. */
export type ListFiles = {
  /** Unix milliseconds of the last change, and the size; rejects when the file is not there. */
  stat(path: string): Promise<{ readonly modifiedAt: number; readonly size: number }>;
  read(path: string): Promise<Uint8Array>;
};

/** What makes a list usable, and what it may settle: shares of its entries, from 0 to 1. */
export type ListShares = {
  /** With more entries that hold an unreadable name, the list is no use. */
  readonly unreadable: number;
  /** From so many entries with a name in a script on, who is not found in that script is not on this list. */
  readonly script: number;
};

/** From which score (0 to 1) a listed name is a match, and from which it is worth a person's look. */
export type SimilarityThresholds = { readonly matchFrom: number; readonly possibleFrom: number };

export type ListScreenerDeps = {
  readonly lists: readonly ListSource[];
  /** Default: only the same name is a match; `defaultThresholds`. */
  readonly thresholds?: SimilarityThresholds;
  /** Default: `defaultShares`. */
  readonly shares?: ListShares;
  /** A file whose last change is older than this is stale. Names in the program do not age. */
  readonly maxAgeMs: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly files?: ListFiles;
  /** Told of every load and of every list that cannot be used. No names, no entries. */
  readonly log?: (
    level: 'info' | 'warn',
    event: string,
    fields: Readonly<Record<string, string | number>>,
  ) => void;
};

/** Measured in docs/decisions/0016-how-names-are-screened.md. */
export const defaultThresholds: SimilarityThresholds = { matchFrom: 1, possibleFrom: 0.86 };

/** The reasons stand in docs/decisions/0016-how-names-are-screened.md. */
export const defaultShares: ListShares = { unreadable: 0.05, script: 0.95 };

/**
 * Screens names and identifiers against lists. All lists must be usable: one that is missing, unreadable, empty, malformed or stale makes
 * every decision `unavailable`. Files are looked at before each decision and read again when they changed, so a new
 * version counts at once, without a restart.
 *
 * It is a guard for names as they are spelled: equal after accents, punctuation, word order, titles and company forms are
 * evened out is a match; similar in letters or sound, inside a longer text, or in a script that cannot be compared is
 * possible. It knows no birth dates and no nicknames; a screening service can stand behind the same port.
 */
export function createListScreener(deps: ListScreenerDeps): CheckedScreener {
  const { lists, maxAgeMs, now, files = diskFiles, log = () => undefined } = deps;
  const { matchFrom, possibleFrom } = deps.thresholds ?? defaultThresholds;
  const shares = deps.shares ?? defaultShares;
  const load = (...args: Parameters<typeof loadList>): ReturnType<typeof loadList> => {
    const list = loadList(...args);
    if ('problem' in list || list.index.unreadableShare <= shares.unreadable) return list;
    const { unreadable, size } = list.index;
    return {
      problem: `has names that cannot be read in ${unreadable} of ${size} entries: look at its encoding and its columns`,
    };
  };
  const timeText = (at: number): string => new Date(at).toISOString();
  const loaded = new Map<string, LoadedList>();
  const complained = new Map<string, string>();

  async function use(source: ListSource): Promise<LoadedList | { readonly problem: string }> {
    const known = loaded.get(source.name);
    if (!('file' in source)) {
      const list =
        known ?? load(source.name, new TextEncoder().encode(source.names.join('\n')), 'txt', undefined, 0);
      if ('index' in list) loaded.set(source.name, list);
      return list;
    }
    let list: LoadedList | { readonly problem: string } | undefined = known;
    try {
      const { modifiedAt, size } = await files.stat(source.file);
      // A file from the future would never be stale.
      const age = Math.abs(now() - modifiedAt);
      if (age > maxAgeMs) return { problem: `is stale: last changed ${timeText(modifiedAt)}` };
      if (known?.modifiedAt !== modifiedAt || known.size !== size) {
        const bytes = await files.read(source.file);
        const after = await files.stat(source.file);
        // Somebody writes it right now: half a list would let through whoever stands in the other half.
        if (bytes.length !== size || after.modifiedAt !== modifiedAt || after.size !== size)
          return { problem: 'changed while it was read' };
        list = load(source.name, bytes, source.format, modifiedAt, size);
      }
    } catch (error) {
      return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})` };
    }
    if (list === undefined || 'problem' in list) {
      loaded.delete(source.name);
      return list ?? { problem: 'is not loaded' };
    }
    if (list !== known) {
      loaded.set(source.name, list);
      const { size: entries, unreadable } = list.index;
      log('info', 'screening list loaded', {
        id: versionOf(list),
        entries,
        ...(unreadable === 0 ? {} : { unreadable }),
      });
    }
    return list;
  }

  async function useAll(): Promise<{ usable: LoadedList[]; problems: string[] }> {
    const used = await Promise.all(lists.map(use));
    const problems: string[] = [];
    for (const [index, list] of used.entries()) {
      const name = lists[index]?.name ?? '';
      if (!('problem' in list)) {
        complained.delete(name);
        continue;
      }
      problems.push(`list ${name} ${list.problem}`);
      if (complained.get(name) !== list.problem) {
        complained.set(name, list.problem);
        log('warn', 'screening list unusable', { id: name, problem: list.problem });
      }
    }
    if (lists.length === 0) problems.push('there is no list');
    return { usable: used.filter((list) => 'index' in list), problems };
  }

  return {
    async screen({ name, identifiers = [] }, signal) {
      signal?.throwIfAborted();
      const { usable, problems } = await useAll();
      if (problems.length > 0) return { kind: 'unavailable', note: problems.join('; ') };
      const reading = readName(name);
      const { forms } = reading;
      const isIntricate = usable.some(({ index }) => index.isTooIntricate(forms));
      const doubtful = [...reading.doubtful, ...(isIntricate ? [tooIntricate] : [])];
      if (forms.length === 0 && doubtful.length === 0)
        return { kind: 'unavailable', note: 'the name cannot be compared with the lists' };
      const checkedAt = timeText(now());
      const found = usable.flatMap((list) => [
        ...list.identifiers
          .find(identifiers)
          .map((entry) => hitOf(list, entry, { score: 1, reason: 'listed-identifier' })),
        ...list.index
          .find(forms, possibleFrom)
          .map(({ entry, score, how, byAlias }) =>
            hitOf(list, entry, { score, reason: `${how}-${byAlias ? 'alias' : 'name'}` }),
          ),
      ]);
      // A list settles its own doubt only: nobody compared the name with the entries of the others.
      const comparedScripts = doubtful.filter((script) =>
        usable.every(({ index }) => isSettled(script, index, shares.script)),
      );
      const evidence = {
        lists: usable.map(versionOf),
        checks: usable.map(({ name: list, hash, index, modifiedAt }) => ({
          list,
          version: hash,
          entries: index.size,
          ...(index.unreadable === 0 ? {} : { unreadable: index.unreadable }),
          ...(modifiedAt === undefined ? {} : { listedAt: timeText(modifiedAt) }),
          checkedAt,
        })),
        ...(comparedScripts.length === 0 ? {} : { comparedScripts }),
      };
      const isMatch = found.some(({ score, reason }) => Number(score) >= matchFrom && !isInside(reason));
      if (isMatch) return { kind: 'match', hits: bestHits(found), ...evidence };
      const hits = [...found, ...scriptHits(doubtful.filter((script) => !comparedScripts.includes(script)))];
      return hits.length === 0
        ? { kind: 'clear', ...evidence }
        : { kind: 'possible', hits: bestHits(hits), ...evidence };
    },
    problems: async () => (await useAll()).problems.map((message) => ({ key: 'lists', message })),
    remarks: async () =>
      (await useAll()).usable
        .filter(({ index }) => index.unreadable > 0)
        .map(({ name: list, index: { unreadable, size } }) => ({
          key: 'lists',
          message: `list ${list} has letters without a Latin reading in names of ${unreadable} of ${size} entries: they are compared in their own script only`,
        })),
  };
}

/** Whether nearly every entry has a name in the script. Entries without a name cannot be missed by it. */
const isSettled = (script: string, { scripts, named }: NameIndex, share: number): boolean =>
  named === 0 || (!isNeverSettled(script) && (scripts.get(script) ?? 0) >= share);

/** Somebody else may stand beside a name inside a longer text: that is never a match. */
const isInside = (reason: ScreeningReason): boolean => reason.startsWith('contained-');

const hitOf = (
  { name }: LoadedList,
  entry: ListEntry,
  { score, reason }: { readonly score: number; readonly reason: ScreeningReason },
): ScreeningHit => ({
  list: name,
  entry: entry.id,
  score: scoreText(score),
  reason,
  ...(entry.names.length === 0 ? {} : { names: entry.names.slice(0, mostShownNames) }),
});

type LoadedList = {
  readonly name: string;
  /** SHA-256 of the content. */
  readonly hash: string;
  readonly index: NameIndex;
  readonly identifiers: IdentifierIndex;
  /** Absent for names in the program. */
  readonly modifiedAt: number | undefined;
  readonly size: number;
};

/** `name@` and the first twelve hex digits of the hash. */
const versionOf = ({ name, hash }: LoadedList): string => `${name}@${hash.slice(0, 12)}`;

function loadList(
  name: string,
  bytes: Uint8Array,
  format: ListFormat,
  modifiedAt: number | undefined,
  size: number,
): LoadedList | { readonly problem: string } {
  const parsed = parseList(bytes, format);
  if (!parsed.ok) return { problem: parsed.problem };
  const index = createNameIndex(parsed.entries);
  const hash = createHash('sha256').update(bytes).digest('hex');
  return { name, hash, index, identifiers: createIdentifierIndex(parsed.entries), modifiedAt, size };
}

const diskFiles: ListFiles = {
  async stat(path) {
    const { mtimeMs, size } = await stat(path);
    return { modifiedAt: mtimeMs, size };
  },
  read: (path) => readFile(path),
};
