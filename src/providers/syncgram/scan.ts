import type { ProviderFailure } from '../../domain/provider-failure';
import type { ProviderCall } from '../provider';
import { firstServed, unreadable } from './client';
import type { CallResult, SyncgramClient } from './client';
import type { SyncgramSettings } from './config';
import { checkEcho } from './echo';
import { readPageReply } from './wire';
import type { FrozenBody, ListedPayout } from './wire';

export type ScanResult =
  | { readonly kind: 'complete'; readonly found: readonly ListedPayout[] }
  | { readonly kind: 'failed'; readonly failure: ProviderFailure };

export type ScanDeps = {
  readonly client: SyncgramClient;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** As the function of this name has it. */
  readonly longestScanMs: number;
  readonly settings: Pick<SyncgramSettings, 'paths' | 'pageSize' | 'maxPages' | 'scanSkewMs'>;
};

/** Entries of the page before that the next page repeats: payouts that leave the list meanwhile must open no gap. */
const pageOverlap = 10;
/** No page is begun after this: three slow ones fit in, and a list that takes longer has changed meanwhile. */
export const longestScanMs = (readTimeoutMs: number): number => Math.max(45_000, 3 * readTimeoutMs);
/** Entries created together may be listed in either order. */
const orderToleranceMs = 60_000;

/**
 * Searches the list of payouts (successor: `GET /v1/payouts?limit&offset`, newest first, no filter by reference) for ours,
 * from the newest back to the first send less the skew. `complete` is said only of a list that was seen without a gap:
 *
 * - Pages overlap. A page that repeats nothing of those before has a gap before it, and the look-up fails.
 * - The scan ends early only at an entry with a readable time before the window, on a page that is sorted newest first.
 * - Otherwise it ends when a page has nothing new. A short page alone is no end: a server may cap the size of pages.
 * - An entry in the window that carries no reference could be ours: unless what it shows differs from what we sent, or
 *   ours was found, the look-up fails.
 */
export async function scanForPayout(
  input: { readonly body: FrozenBody; readonly firstSentAt: number },
  deps: ScanDeps,
  call: ProviderCall,
): Promise<ScanResult> {
  const { settings } = deps;
  const from = input.firstSentAt - settings.scanSkewMs;
  const seen = new Map<string, ListedPayout>();
  let path: string | undefined;
  let offset = 0;
  let overlap = 0;
  const beganAt = deps.now();
  for (let page = 1; page <= settings.maxPages; page += 1) {
    // An answer that comes too late is none: the activity around it would end first, and look like a failure of ours.
    if (deps.now() - beganAt > deps.longestScanMs)
      return { kind: 'failed', failure: { effect: 'none', code: 'timeout' } };
    const served = await readPage(deps, path === undefined ? settings.paths.list : [path], offset, call);
    if (!served.result.ok) return { kind: 'failed', failure: served.result.failure };
    path = served.path;
    const payouts = readPageReply(served.result.reply);
    const broken: ScanResult = { kind: 'failed', failure: unreadable(served.result.reply, 'none') };
    if (payouts === undefined) return broken;

    const fresh = payouts.filter(({ providerPayoutId }) => !seen.has(providerPayoutId));
    const repeated = payouts.length - fresh.length;
    if (overlap > 0 && repeated === 0) return broken;
    // The later reading of a payout is the truer one.
    for (const payout of payouts) seen.set(payout.providerPayoutId, payout);

    const ended = fresh.length === 0;
    // The same page again: the server does not page. What comes after a page that may be capped cannot be seen.
    if (ended && payouts.length > overlap && mayBeCapped(payouts.length, settings.pageSize)) return broken;
    if (ended || endsBefore(payouts, from)) return conclude([...seen.values()], input.body, from, broken);

    overlap = Math.min(pageOverlap, Math.floor(payouts.length / 2));
    offset += payouts.length - overlap;
  }
  // Too long to be read to its end: nothing is known about what is missing.
  return { kind: 'failed', failure: { effect: 'none', code: 'unreadable_reply' } };
}

/** A full page, or a number that somebody would choose for one. */
const mayBeCapped = (entries: number, pageSize: number): boolean =>
  entries === pageSize || entries % 10 === 0 || entries === 25;

async function readPage(
  { client, settings }: ScanDeps,
  paths: readonly string[],
  offset: number,
  call: ProviderCall,
): Promise<{ readonly path: string | undefined; readonly result: CallResult }> {
  let path: string | undefined;
  const result = await firstServed(paths, (candidate) => {
    path = candidate;
    return client.readPage({ path: candidate, limit: settings.pageSize, offset }, call);
  });
  return { path, result };
}

/** Whether the page's last readable time is before `from`, and its order says that only older entries follow. */
function endsBefore(payouts: readonly ListedPayout[], from: number): boolean {
  const times = payouts.flatMap(({ createdAtMs }) => (createdAtMs === undefined ? [] : [createdAtMs]));
  const [newest, oldest] = [times[0], times.at(-1)];
  if (newest === undefined || oldest === undefined || oldest >= from - orderToleranceMs || newest <= oldest) {
    return false;
  }
  return times.every((time, index) => time <= (times[index - 1] ?? time) + orderToleranceMs);
}

function conclude(
  listed: readonly ListedPayout[],
  body: FrozenBody,
  from: number,
  otherwise: ScanResult,
): ScanResult {
  const found = listed.filter(
    ({ reference, idempotency_key: key }) => reference === body.reference || key === body.reference,
  );
  const nameless = listed.some(
    (payout) =>
      payout.reference === undefined &&
      payout.idempotency_key === undefined &&
      (payout.createdAtMs === undefined || payout.createdAtMs >= from) &&
      checkEcho(body, payout).mismatched.length === 0,
  );
  return found.length === 0 && nameless ? otherwise : { kind: 'complete', found };
}
