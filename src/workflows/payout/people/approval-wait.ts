import { assertNever } from '../../../domain/assert-never';
import { formatMoney } from '../../../domain/money';
import { quoteRemedyFor } from '../../../domain/provider-failure';
import type { Quote } from '../../../domain/quote';
import { respectsLimits } from '../../../domain/quote';
import type { HeldReason } from '../../../domain/reason';
import { backOff } from '../holds/back-off';
import { heldWithoutQuote, noteQuoteReply, probe } from '../attempt/credentials';
import { orHold } from '../holds/hold-on-failure';
import { askPeople } from './people-round';
import type { HoldEnd } from '../holds/hold';
import type { PayoutRun } from '../payout-run';
import type { QuoteAnswer } from '../attempt/quote-request';
import { askForQuote } from '../attempt/quote-request';
import type { StepEnd } from '../step-end';
import { endHold, endUnsent } from '../step-end';
import { capRecheckAt, recheckAt } from '../holds/recheck';
import { heldReasonFor, refusalDetails, refusedReasonFor } from '../attempt/send';
import { release, waitInHold } from '../holds/hold';

/** Where the plan asks for people: an indicative quote where the route quotes, then their decision on the digest. */
export async function agreeOnTerms(run: PayoutRun): Promise<StepEnd> {
  const plan = run.require('plan');
  if (!run.needsApproval) return 'go-on';
  if (!plan.needsQuote) return awaitApproval(run, plan.digest);
  const quoted = await usableQuote(run);
  if (quoted.kind === 'ended') return 'ended';
  run.approvedQuote = quoted.quote;
  return awaitApproval(run, quoted.digest);
}

/** Asks people about `digest` and waits until all levels agreed, somebody rejected, time is up, or it is cancelled. */
export async function awaitApproval(run: PayoutRun, digest: string): Promise<StepEnd> {
  run.become('awaiting-approval');
  const end = await askPeople(run, { purpose: 'payout', chain: run.approvalChain, digest });
  switch (end) {
    case 'approved':
      return 'go-on';
    case 'rejected':
      return endUnsent(run, 'rejected', 'approval_rejected');
    case 'cancelled':
      return endHold(run, 'cancelled');
    case 'expired':
      return endUnsent(
        run,
        'expired',
        run.people.roundOf('payout').expiresAt === run.wishEndsAt ? 'not_after_passed' : 'approval_expired',
      );
    default:
      return assertNever(end, 'end of a round');
  }
}

const priceInWords = ({ source, destination, rate, fee }: Quote): string =>
  `${formatMoney(destination)} for ${formatMoney(source)}, rate ${rate}${fee === undefined ? '' : `, fee ${formatMoney(fee)}`}`;

/**
 * A quote within the request's own limits. What passes is asked again within seconds, as a send is; what does not is held, or
 * ends the payout. `indicative` is the one people approved.
 */
export async function usableQuote(
  run: PayoutRun,
  indicative?: Quote,
): Promise<
  { readonly kind: 'quoted'; readonly quote: Quote; readonly digest: string } | { readonly kind: 'ended' }
> {
  const request = run.require('request');
  const plan = run.require('plan');
  const wait = plan.timeLimits === undefined ? holdForQuote(run) : waitForQuote(run);
  let isHeldHere = false;
  for (;;) {
    const asked = await orHold(run, () =>
      askForQuote(run, {
        schema: 1,
        request,
        plan,
        ...(indicative === undefined ? {} : { indicative }),
        ...probe(run),
      }),
    );
    if (asked.kind === 'gave-up' || asked.value === 'cancelled') {
      endHold(run, asked.kind === 'gave-up' ? asked.end : 'cancelled');
      return { kind: 'ended' };
    }
    const result = asked.value;
    noteQuoteReply(run, result);
    if (result.kind === 'quoted' && respectsLimits(result.quote, request.limits, indicative)) {
      // A hold for something else (an empty account) keeps its beginning and its deadline while a new price is asked for.
      if (isHeldHere || !run.isByPolicy) release(run);
      if (run.isByPolicy) run.firstQuote ??= result.quote;
      run.quote = result.quote;
      run.quoteReadAt = Date.now();
      run.learnAmounts({
        source: result.quote.source,
        destination: result.quote.destination,
        rate: result.quote.rate,
        ...(result.quote.fee === undefined ? {} : { fee: result.quote.fee }),
      });
      run.record('quoted', { note: priceInWords(result.quote) });
      return { kind: 'quoted', quote: result.quote, digest: result.digest };
    }
    const heldBefore = run.held;
    if ((await wait(result)) === 'ended') return { kind: 'ended' };
    isHeldHere ||= run.held !== heldBefore;
  }
}

const outsideLimits = 'outside the limits of the request';

/** As runs have it that began before quotes were asked for again within seconds: each failure waits for the recheck. */
function holdForQuote(run: PayoutRun): (result: QuoteAnswer) => Promise<StepEnd> {
  let tries = 0;
  return async (result) => {
    const note = result.kind === 'quoted' ? outsideLimits : result.failure.code;
    const end = await waitInHold(run, heldWithoutQuote(result), { note, nextCheckAt: recheckAt(run, tries) });
    tries += 1;
    return end === 'again' ? 'go-on' : endHold(run, end);
  };
}

/** The wait before the next quote, by why there is none. It is never longer than the payout is wished for. */
function waitForQuote(run: PayoutRun): (result: QuoteAnswer) => Promise<StepEnd> {
  const until = run.wishEndsAt;
  let tries = 0;
  let failedTries = 0;
  let failingSince: number | undefined;
  let heldAs: HeldReason | undefined;
  /** The provider does answer, or somebody mended something: what fails next begins anew. */
  const forgetFailures = (): void => {
    [failedTries, failingSince, heldAs] = [0, undefined, undefined];
  };

  const wait = async (result: QuoteAnswer): Promise<HoldEnd | 'ended'> => {
    if (result.kind === 'quoted') {
      forgetFailures();
      return hold('quote_unavailable', outsideLimits);
    }
    const { failure } = result;
    run.record('quote-failed', refusalDetails(failure));
    const remedy = quoteRemedyFor(failure);
    switch (remedy) {
      case 'end-refused':
        return endUnsent(run, 'failed', refusedReasonFor(failure));
      case 'end-screening':
        return endUnsent(run, 'rejected', 'provider_screening');
      case 'hold-funds':
      case 'hold-person':
        forgetFailures();
        return hold(heldReasonFor(failure), failure.providerCode ?? failure.code);
      case 'ask-again':
        failingSince ??= Date.now();
        // Whatever it fails with next, one hold keeps its name, and with it its deadline.
        heldAs ??= failure.code === 'timeout' ? 'quote_unavailable' : 'provider_unavailable';
        failedTries += 1;
        return backOff(run, failure, failedTries - 1, {
          what: 'asking for a price',
          heldAs,
          since: failingSince,
          until,
        });
      default:
        return assertNever(remedy, 'remedy');
    }
  };
  const hold = (reason: HeldReason, note: string): Promise<HoldEnd> =>
    waitInHold(run, reason, {
      note,
      nextCheckAt: Math.min(capRecheckAt(run, reason, tries, run.held?.reason), until),
    });

  return async (result) => {
    const end = await wait(result);
    tries += 1;
    if (end === 'ended') return 'ended';
    if (end !== 'again') return endHold(run, end);
    return Date.now() < until ? 'go-on' : endUnsent(run, 'expired', 'not_after_passed');
  };
}
