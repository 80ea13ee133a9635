import { SendFailure } from '../http/sender';
import type { Sender } from '../http/sender';
import { latinReadings, readName } from './name-forms';
import type { NameForm } from './name-forms';
import { createNameIndex } from './name-index';
import type { PayeeIdentifier } from './identifiers';
import { scriptHits } from './script-doubt';
import { bestHits, isEntryId, mostHits, mostShownNames, scoreText } from './screener';
import type { CheckedScreener, ListCheck, ScreeningHit, ScreeningReason } from './screener';
import { listInfoSchema, searchAnswerSchema } from './watchman-answers';
import type { FoundEntity, ListInfo } from './watchman-answers';
import type { z } from 'zod';

export type WatchmanSettings = {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** From which of Watchman's scores a person looks: above 0, at most 1. */
  readonly reviewFrom: number;
  /** The lists that must be loaded, by Watchman's names. */
  readonly lists: Readonly<Record<string, WatchmanListSettings>>;
  /** Lists that were loaded longer ago are stale. */
  readonly maxListAgeMs: number;
  /** How long a canary's answer counts. */
  readonly canaryEveryMs: number;
  /** For one request. A decision takes three of them one after the other, and one more for every eight parts of a long name. */
  readonly timeoutMs: number;
};

export type WatchmanListSettings = {
  /** Fewer entries: the list is not whole. */
  readonly atLeast: number;
  /** A name of this list that must be found. */
  readonly canary: string;
  /** A wallet's address on this list that must be found: with one, wallets are looked up in it. */
  readonly walletCanary?: string | undefined;
};

export type WatchmanScreenerDeps = {
  readonly settings: WatchmanSettings;
  readonly send: Sender;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told once when Watchman cannot be used, and once when it can again. No names, no entries. */
  readonly log?: (
    level: 'info' | 'warn',
    event: string,
    fields: Readonly<Record<string, string | number>>,
  ) => void;
};

/**
 * Screens with Moov Watchman. By itself it fails open: an unknown parameter, an empty list, a name in another script all
 * answer "nothing found". So every decision first asks which lists are loaded, and nothing is clear unless the lists are
 * whole and fresh, names that must be found are found, and the answer repeats the question that was asked.
 *
 * Inside a longer text it does not find a name. So neighbouring words are asked for as well, and what that finds counts
 * when the entry's name stands in the text by our own rules.
 *
 * A name is asked for without a kind of entity (a wrong one hides entries) and without a birth date (a wrong one lowers the
 * score). What is found is `possible`, never `match`: its score says how alike two names are, not who somebody is.
 */
export function createWatchmanScreener(deps: WatchmanScreenerDeps): CheckedScreener {
  const { settings, send, now, log = () => undefined } = deps;
  const { baseUrl, reviewFrom, lists, maxListAgeMs, canaryEveryMs, timeoutMs } = settings;
  let proven: { readonly load: string; readonly at: number } | undefined;
  let complained: string | undefined;
  const looksUpWallets = Object.values(lists).some(({ walletCanary }) => walletCanary !== undefined);

  async function read<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal | undefined): Promise<T> {
    const reply = await send(
      { method: 'GET', url: `${baseUrl}${path}`, headers: { accept: 'application/json' } },
      { timeoutMs, maxReplyBytes, ...(signal === undefined ? {} : { signal }) },
    );
    if (reply.status !== 200) throw new Unusable(`answered with status ${reply.status}`, advice.service);
    if (!/^application\/json\b/i.test(reply.headers['content-type'] ?? ''))
      throw new Unusable('answered with something that is not JSON', advice.service);
    let json: unknown;
    try {
      json = JSON.parse(reply.body);
    } catch {
      throw new Unusable('answered with broken JSON', advice.service);
    }
    const parsed = schema.safeParse(json);
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
      throw new Unusable(`answered in an unknown shape (${path.split('?')[0]}: ${where})`, advice.version);
    }
    return parsed.data;
  }

  /** The lists as they are loaded right now, or why they cannot be used. */
  async function loadedLists(signal: AbortSignal | undefined): Promise<ListInfo> {
    const info = await read('/v2/listinfo', listInfoSchema, signal);
    const [startedAt, endedAt] = [Date.parse(info.startedAt), Date.parse(info.endedAt)];
    const age = now() - endedAt;
    if (startedAt > endedAt) throw new Unusable('has not finished loading its lists', advice.wait);
    if (age < -clockToleranceMs) throw new Unusable('loaded its lists in the future', advice.clock);
    if (age > maxListAgeMs)
      throw new Unusable(`loaded its lists too long ago (${info.endedAt})`, advice.restart);
    for (const [list, { atLeast }] of Object.entries(lists)) {
      const count = own(info.lists, list);
      if (count === undefined) throw new Unusable(`has not loaded ${list}`, advice.lists);
      if (count < atLeast)
        throw new Unusable(`has only ${count} entries of ${list}, not ${atLeast}`, advice.lists);
      if (!/^[0-9a-f]{32,128}$/i.test(own(info.listHashes, list) ?? ''))
        throw new Unusable(`has no hash of ${list}`, advice.version);
    }
    return info;
  }

  async function search(
    what: { readonly name: string } | { readonly wallet: string },
    info: ListInfo,
    signal: AbortSignal | undefined,
  ): Promise<readonly FoundEntity[]> {
    const name = 'name' in what ? what.name : '';
    const query = new URLSearchParams({
      // An address without a currency is compared with those of every currency.
      ...('name' in what ? { name } : { cryptoAddress: `:${what.wallet}` }),
      minMatch: String(reviewFrom),
      limit: String(mostEntities),
    });
    const { query: asked, entities } = await read(
      `/v2/search?${query.toString()}`,
      searchAnswerSchema,
      signal,
    );
    const wallets = (asked.cryptoAddresses ?? []).map(({ currency, address }) => `${currency}:${address}`);
    const wallet = 'name' in what ? '' : `:${what.wallet}`;
    if (
      sameText(asked.name) !== sameText(name) ||
      asked.entityType !== '' ||
      asked.sourceID !== '' ||
      wallets.join(' ') !== wallet
    )
      throw new Unusable('answered another question than the one asked', advice.service);
    for (const { match, sourceList, sourceID } of entities ?? []) {
      if (!(match >= reviewFrom - rounding && match <= 1))
        throw new Unusable('gave a score outside the range that was asked for', advice.version);
      if (own(info.lists, sourceList) === undefined || !isEntryId(sourceID))
        throw new Unusable('found an entry of no list', advice.version);
    }
    return entities ?? [];
  }

  /** Names that must be found are, since the lists were loaded and not too long ago. */
  async function proveCanaries(info: ListInfo, signal: AbortSignal | undefined): Promise<void> {
    const load = JSON.stringify([info.listHashes, info.startedAt, info.endedAt]);
    if (proven?.load === load && Math.abs(now() - proven.at) <= canaryEveryMs) return;
    await Promise.all(
      Object.entries(lists).map(async ([list, { canary, walletCanary }]) => {
        const found = await search({ name: canary.trim() }, info, signal);
        if (!found.some(({ sourceList }) => sourceList === list))
          throw new Unusable(`does not find the canary name of ${list}`, advice.canary(list));
        if (walletCanary === undefined) return;
        const holders = await search({ wallet: walletCanary }, info, signal);
        if (!holders.some(({ sourceList }) => sourceList === list))
          throw new Unusable(`does not find the canary wallet of ${list}`, advice.walletCanary(list));
      }),
    );
    proven = { load, at: now() };
  }

  /** Runs what asks Watchman; everything odd about it becomes a note. */
  async function orNote<T>(
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T | { readonly note: string; readonly advice: string }> {
    try {
      const done = await work();
      if (complained !== undefined) log('info', 'watchman usable again', {});
      complained = undefined;
      return done;
    } catch (error) {
      signal?.throwIfAborted();
      proven = undefined;
      const unusable =
        error instanceof Unusable
          ? error
          : new Unusable(
              `does not answer (${error instanceof SendFailure ? error.code : 'error'})`,
              advice.service,
            );
      if (complained !== unusable.message) log('warn', 'watchman unusable', { problem: unusable.message });
      complained = unusable.message;
      return { note: unusable.message, advice: unusable.advice };
    }
  }

  return {
    async screen({ name, identifiers = [] }, signal) {
      signal?.throwIfAborted();
      const { forms, doubtful } = readName(name);
      const readings = latinReadings(name);
      // Without anything to ask, nothing found would mean nothing. Scripts that it does not know are for people.
      if (readings.length === 0 && doubtful.length === 0)
        return { kind: 'unavailable', note: 'the name cannot be compared with the lists of Watchman' };
      const wallets = looksUpWallets ? walletsOf(identifiers) : [];
      const answer = await orNote(signal, async () => {
        const info = await loadedLists(signal);
        await proveCanaries(info, signal);
        const [whole, held] = await Promise.all([
          Promise.all(readings.map((reading) => search({ name: reading }, info, signal))),
          Promise.all(wallets.map((wallet) => search({ wallet }, info, signal))),
        ]);
        const parts = partsOf(forms).filter((part) => !readings.includes(part));
        const inside: FoundEntity[] = [];
        for (let next = 0; next < parts.length; next += partsAtOnce) {
          const batch = parts.slice(next, next + partsAtOnce);
          const found = await Promise.all(batch.map((part) => search({ name: part }, info, signal)));
          inside.push(...found.flat());
        }
        return { info, found: whole.flat(), held: held.flat(), inside: onlyOnce(inside) };
      });
      if ('note' in answer) return { kind: 'unavailable', note: answer.note };
      const { info, found, held, inside } = answer;
      const checkedAt = new Date(now()).toISOString();
      const checks = Object.entries(info.lists)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([list, entries]): ListCheck => ({
          list: `watchman:${list}`,
          version: own(info.listHashes, list) ?? '',
          entries,
          listedAt: info.endedAt,
          checkedAt,
        }));
      const evidence = {
        lists: checks.map(({ list, version }) => `${list}@${version.slice(0, 12)}`),
        checks,
      };
      const hits = new Map<string, ScreeningHit>();
      const note = (entity: FoundEntity, score: number, reason: ScreeningReason): void => {
        const { sourceList, sourceID } = entity;
        const key = `${sourceList}/${sourceID}`;
        if (hits.has(key)) return;
        hits.set(key, {
          list: `watchman:${sourceList}`,
          entry: sourceID,
          score: scoreText(score),
          reason,
          names: namesOf(entity).slice(0, mostShownNames),
        });
      };
      for (const entity of held) note(entity, entity.match, 'listed-identifier');
      const sorted = forms.map((form) => form.sorted);
      for (const entity of found.toSorted((one, other) => other.match - one.match))
        note(entity, entity.match, reasonOf(entity, sorted));
      for (const entity of inside) {
        const [ours] = createNameIndex([
          { id: entity.sourceID, names: namesOf(entity), identifiers: [] },
        ]).find(forms, insideFrom);
        if (ours !== undefined)
          note(entity, Math.min(ours.score, mostInside), `${ours.how}-${ours.byAlias ? 'alias' : 'name'}`);
      }
      const all = [...hits.values(), ...scriptHits(doubtful)];
      if (held.length > 0) return { kind: 'match', hits: bestHits([...hits.values()]), ...evidence };
      return all.length === 0
        ? { kind: 'clear', ...evidence }
        : { kind: 'possible', hits: bestHits(all), ...evidence };
    },

    async problems(signal) {
      const answer = await orNote(signal, async () => {
        const info = await loadedLists(signal);
        proven = undefined;
        await proveCanaries(info, signal);
        return undefined;
      });
      if (answer === undefined) return [];
      return [{ key: 'watchman', message: `${answer.note}: ${answer.advice}` }];
    },
  };
}

/** Something that makes Watchman's word worth nothing right now. */
class Unusable extends Error {
  override readonly name = 'Unusable';
  constructor(
    what: string,
    /** What a person can do about it. */
    readonly advice: string,
  ) {
    super(`Watchman ${what}`);
  }
}

const advice = {
  service: 'see that it runs, and that screening.watchman.baseUrl is its address',
  version: 'docs/screening.md names the versions that were tried',
  wait: 'wait until it has, and look at its log',
  clock: 'set the clocks of both machines',
  restart: 'restart it with fresh lists (it does not refresh them by itself)',
  lists: 'look at its log, its IncludedLists and its data directory, and set ErrorOnEmptyList: true',
  canary: (list: string): string =>
    `see that screening.watchman.lists.${list}.canary is a name of that list, as the list spells it`,
  walletCanary: (list: string): string =>
    `see that screening.watchman.lists.${list}.walletCanary is an address of that list, as the list spells it`,
} as const;

/** Both times are of two machines. */
const clockToleranceMs = 5 * 60_000;
/** Watchman's scores are sums of floats. */
const rounding = 1e-9;
const mostEntities = mostHits;
/** Twenty large entities with all their addresses are far below. */
const maxReplyBytes = 4 * 1024 * 1024;

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const sameText = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().toLowerCase();

/** Our own rules decide about what parts of a text found; the score is as the lists' own (defaultThresholds). */
const insideFrom = 0.86;
/** It is never the same name: then Watchman would have found it by the whole text. */
const mostInside = 0.99;
const partsAtOnce = 8;
const partLengths: readonly number[] = [1, 2, 3];
/** A word that may be a whole listed name; shorter ones stand for nobody inside a text. */
const shortestAlone = 5;

/** Words and neighbouring words of a name that is longer than they are: a listed name may stand among others. */
function partsOf(forms: readonly NameForm[]): readonly string[] {
  const parts = forms
    .filter(({ words }) => words.every((word) => /^[a-z0-9]+$/.test(word)))
    .flatMap(({ words }) =>
      words.flatMap((_, first) =>
        partLengths
          .filter((length) => length < words.length && first + length <= words.length)
          .map((length) => words.slice(first, first + length))
          .filter(([word = '', ...others]) => others.length > 0 || word.length >= shortestAlone)
          .map((part) => part.join(' ')),
      ),
    );
  return [...new Set(parts)].filter((part) => /[a-z].*[a-z]/.test(part));
}

/** It splits its parameter at colons: CashAddr is asked for without its scheme. */
const walletsOf = (identifiers: readonly PayeeIdentifier[]): readonly string[] =>
  identifiers
    .flatMap((identifier) =>
      identifier.kind === 'wallet' ? [identifier.value.trim().replace(/^[a-z]+:/i, '')] : [],
    )
    .filter((address) => !address.includes(':'));

const onlyOnce = (entities: readonly FoundEntity[]): readonly FoundEntity[] => [
  ...new Map(entities.map((entity) => [`${entity.sourceList}/${entity.sourceID}`, entity])).values(),
];

function namesOf({ name, person, business, organization }: FoundEntity): readonly string[] {
  return [name, ...[person, business, organization].flatMap((one) => one?.altNames ?? [])];
}

/** Whether the name is, evened out, that of the entry. It only helps the person who decides. */
function reasonOf(entity: FoundEntity, sorted: readonly string[]): ScreeningReason {
  const isOurs = (name: string): boolean => readName(name).forms.some((form) => sorted.includes(form.sorted));
  const [name = '', ...aliases] = namesOf(entity);
  if (isOurs(name)) return 'exact-name';
  return aliases.some(isOurs) ? 'exact-alias' : 'similar-name';
}
