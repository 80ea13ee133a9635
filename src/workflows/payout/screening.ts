import type { ScreenPayoutResult } from '../../activities/payout-activities';
import { isScriptDoubt } from '../../domain/payee-view';
import type { ListedFinding } from '../../domain/payee-view';
import type { ReasonCode } from '../../domain/reason';
import { screenPayout } from '../activity-proxies';
import { reviewChainOf } from './people/approval-chain';
import { orHold } from './holds/hold-on-failure';
import type { PayoutRun } from './payout-run';
import { askPeople } from './people/people-round';
import type { StepEnd } from './step-end';
import { endHold, endUnsent } from './step-end';
import { recheckAt } from './holds/recheck';
import { hold, release, waitInHold } from './holds/hold';

/** Screens the beneficiary and fails closed: unavailable holds, a match rejects and is never re-routed. */
export async function screenBeneficiary(run: PayoutRun): Promise<StepEnd> {
  run.become('screening');
  return screen(run);
}

/**
 * Just before something is sent for the first time, or again where nothing is unresolved. Lists change while people, money
 * or a date is waited for; and what was found may be too old.
 */
export async function screenBeforeSend(run: PayoutRun): Promise<StepEnd> {
  const { screening, policy } = run.require('plan');
  const { screenedAt } = run;
  if (screening === undefined || screenedAt === undefined) return 'go-on';
  const outcome = policy?.decision.outcome;
  const isExtra = outcome !== undefined && outcome.kind !== 'block' && outcome.extraScreening === true;
  const isFresh =
    Math.max(run.heldAt, run.people.waitedAt) < screenedAt && Date.now() - screenedAt <= screening.freshForMs;
  return isFresh && !isExtra ? 'go-on' : screen(run);
}

async function screen(run: PayoutRun): Promise<StepEnd> {
  for (let tries = 0; ; tries += 1) {
    const screened = await orHold(run, () =>
      screenPayout(run.localTurn, { schema: 1, request: run.require('request') }),
    );
    if (screened.kind === 'gave-up') return endHold(run, screened.end);
    const result = screened.value;
    if (result.kind !== 'unavailable') {
      // Another hold, which the next send may end, keeps its beginning and its deadline.
      if (tries > 0) release(run);
      const again = run.screenedAt === undefined ? '' : 'looked up once more: ';
      run.screenedAt = Date.now();
      if (result.kind === 'possible' || result.kind === 'match') run.listed = listedIn(result);
      run.record('screened', { code: result.kind, note: `${again}${listsInWords(result)}` });
      if (result.kind === 'hit' || result.kind === 'match')
        return endUnsent(run, 'rejected', 'screening_hit');
      if (result.kind === 'possible' && !run.people.releasedDigests.has(result.digest)) {
        if ((await review(run, result)) === 'ended') return 'ended';
        // People take their time, and lists change meanwhile: what they let go must still be all there is.
        continue;
      }
      return run.cancelRequested ? endHold(run, 'cancelled') : 'go-on';
    }
    const end = await waitInHold(run, 'screening_unavailable', {
      note: result.note,
      nextCheckAt: recheckAt(run, tries),
    });
    if (end !== 'again') return endHold(run, end);
  }
}

/** Too few people have the role, without whoever asked: it can only be cancelled, or come to its deadline. */
async function blocked(run: PayoutRun): Promise<'cancelled' | 'expired'> {
  for (;;) {
    const end = await waitInHold(run, 'approval_blocked', { note: 'screening review', nextCheckAt: null });
    if (end !== 'again') return end;
  }
}

/** Two people with the role look at what is similar, and let it go with a reason, or say that it is the listed one. */
async function review(
  run: PayoutRun,
  possible: Extract<ScreenPayoutResult, { readonly kind: 'possible' }>,
): Promise<StepEnd> {
  const chain = reviewChainOf(
    run.require('plan'),
    possible.hits.every(isScriptDoubt)
      ? 'a name in a script that was not compared'
      : 'similar to a listed name',
  );
  // Nobody may let it go: it is refused, as an exact name is.
  if (chain === undefined) return endUnsent(run, 'rejected', unreviewedReason(possible));
  const note = findingsInWords(possible);
  if (chain.levels.some(({ people, quorum }) => people.length < quorum))
    return endHold(run, await blocked(run));
  hold(run, 'screening_review', { note, nextCheckAt: null });
  const end = await askPeople(run, { purpose: 'screening', chain, digest: possible.digest });
  if (end === 'approved') {
    run.people.releasedDigests.add(possible.digest);
    release(run);
    return 'go-on';
  }
  if (end === 'rejected') return endUnsent(run, 'rejected', 'screening_confirmed');
  return endHold(run, end);
}

/** Whoever is only written in a script that could not be compared is on no list that anybody knows of. */
const unreviewedReason = ({
  hits,
}: Extract<ScreenPayoutResult, { readonly kind: 'possible' }>): ReasonCode =>
  hits.every(isScriptDoubt) ? 'screening_not_comparable' : 'screening_hit';

/** For those who may see the payee. */
const listedIn = (
  result: Extract<ScreenPayoutResult, { readonly kind: 'possible' | 'match' }>,
): ListedFinding => ({
  found: result.kind,
  entries: result.hits,
  ...('more' in result && result.more !== undefined ? { more: result.more } : {}),
});

/** What was found, and where people see the names that this must not hold. */
function findingsInWords({ hits, more }: Extract<ScreenPayoutResult, { readonly kind: 'possible' }>): string {
  const shown = hits
    .map((hit) =>
      isScriptDoubt(hit)
        ? `${hit.reason} (${hit.entry})`
        : `${hit.reason} ${hit.score} (${hit.list} ${hit.entry})`,
    )
    .join(', ');
  const all = more === undefined ? shown : `${shown}, and ${more} more`;
  return hits.every(isScriptDoubt)
    ? `${all}; look the name up by hand (payouts show --reveal, query payee)`
    : `${all}; compare the name with these entries (payouts show --reveal, query payee)`;
}

/** Which lists, in which versions, and how old each is. */
function listsInWords(result: Exclude<ScreenPayoutResult, { readonly kind: 'unavailable' }>): string {
  const checks = 'checks' in result ? (result.checks ?? []) : [];
  if (checks.length === 0) return result.lists.join(', ');
  return checks
    .map(({ list, version, entries, unreadable, listedAt }) => {
      const age = listedAt === undefined ? '' : ` of ${listedAt.slice(0, 10)}`;
      const unread = unreadable === undefined ? '' : ` (${unreadable} not readable in Latin letters)`;
      return `${list}@${version.slice(0, 12)}${age}, ${entries} entries${unread}`;
    })
    .join('; ');
}
