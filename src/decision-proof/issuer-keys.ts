import { readFileSync, statSync } from 'node:fs';
import { SendFailure } from '../http/sender';
import type { Sender } from '../http/sender';
import { maxKeySetBytes, parseKeySet } from './public-keys';
import type { KeySet, PublicKey } from './public-keys';

/** The keys of one issuer, as they are now. */
export type IssuerKeys = {
  find(keyId: string): Promise<FoundKey>;
  /** What keeps its keys from being used; undefined when they can be. */
  problem(): Promise<string | undefined>;
};

export type FoundKey =
  | ({ readonly kind: 'found' } & PublicKey)
  /** The issuer has no such key, as far as it can be asked. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable'; readonly problem: string };

const lookUp = (set: KeySet, keyId: string): FoundKey => {
  if (!set.ok) return { kind: 'unavailable', problem: set.problem };
  const key = set.keys.get(keyId);
  return key === undefined ? { kind: 'unknown' } : { kind: 'found', ...key };
};

/**
 * Keys in a file. It is read for every token, so that a key that was added counts at once and one that was removed at once
 * no more, also where a file's dates do not show the change. A file that cannot be used has no keys, not the former ones.
 */
export function createFileKeys(path: string): IssuerKeys & { readonly read: () => KeySet } {
  let parsed: { readonly text: string; readonly set: KeySet } | undefined;
  const read = (): KeySet => {
    let text: string;
    try {
      const stats = statSync(path);
      if (!stats.isFile()) return { ok: false, problem: 'is no file' };
      if (stats.size > maxKeySetBytes) return { ok: false, problem: 'is too large for a key set' };
      text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
    } catch (error) {
      return { ok: false, problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})` };
    }
    if (parsed?.text !== text) parsed = { text, set: parseKeySet(text) };
    return parsed.set;
  };
  return {
    read,
    find: async (keyId) => lookUp(read(), keyId),
    problem: async () => {
      const set = read();
      return set.ok ? undefined : set.problem;
    },
  };
}

export type UrlKeysDeps = {
  readonly url: string;
  readonly send: Sender;
  /** Unix milliseconds. */
  readonly now: () => number;
};

/** Also the longest time that a key counts after its issuer has withdrawn it. */
const keysCountForMs = 10 * 60_000;
/** Anybody can write a token with an id that does not exist: the issuer is not asked about each. */
const unknownKeyPauseMs = 30_000;
const failurePauseMs = 5_000;
/** Decisions are checked while a workflow task waits. */
const fetchTimeoutMs = 2_000;

/**
 * Keys at an address. Fetched when they are first needed, when they are older than ten minutes, and when a token names a key
 * that is not among them: a new key works at once. Keys that are too old and cannot be fetched anew do not count.
 */
export function createUrlKeys({ url, send, now }: UrlKeysDeps): IssuerKeys {
  let latest: { readonly set: KeySet & { readonly ok: true }; readonly at: number } | undefined;
  let tried: { readonly at: number; readonly problem?: string } | undefined;
  let underWay: Promise<void> | undefined;

  const isWithin = (at: number | undefined, ms: number): boolean =>
    at !== undefined && Math.abs(now() - at) < ms;

  async function fetchSet(): Promise<void> {
    const set = await fetchKeySet(url, send);
    tried = { at: now(), ...(set.ok ? {} : { problem: set.problem }) };
    if (set.ok) latest = { set, at: now() };
  }
  /** Whoever needs the keys at the same time waits for the same answer. */
  const refresh = (): Promise<void> =>
    (underWay ??= fetchSet().finally(() => {
      underWay = undefined;
    }));

  async function find(keyId: string): Promise<FoundKey> {
    const current = (): KeySet =>
      latest !== undefined && isWithin(latest.at, keysCountForMs)
        ? latest.set
        : { ok: false, problem: tried?.problem ?? 'was not read yet' };
    const found = lookUp(current(), keyId);
    if (found.kind === 'found') return found;
    const pauseMs =
      tried?.problem === undefined && found.kind === 'unknown' ? unknownKeyPauseMs : failurePauseMs;
    if (underWay !== undefined || !isWithin(tried?.at, pauseMs)) await refresh();
    const again = lookUp(current(), keyId);
    // Whether the issuer has a key that its older answer does not name, only it can say.
    return again.kind === 'unknown' && tried?.problem !== undefined
      ? { kind: 'unavailable', problem: tried.problem }
      : again;
  }

  return {
    find,
    problem: async () => {
      await refresh();
      return tried?.problem;
    },
  };
}

async function fetchKeySet(url: string, send: Sender): Promise<KeySet> {
  try {
    const reply = await send(
      { method: 'GET', url, headers: { accept: 'application/jwk-set+json, application/json' } },
      { timeoutMs: fetchTimeoutMs, maxReplyBytes: maxKeySetBytes },
    );
    // Redirects among them: who answers is decided by the configuration, not by an answer.
    if (reply.status !== 200) return { ok: false, problem: `answers with status ${reply.status}` };
    return parseKeySet(reply.body);
  } catch (error) {
    return {
      ok: false,
      problem: `does not answer (${error instanceof SendFailure ? error.code : 'error'})`,
    };
  }
}
