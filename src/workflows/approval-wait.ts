import { assertNever } from '../domain/assert-never';
import { formatMoney } from '../domain/money';
import type { Quote } from '../domain/quote';
import { respectsLimits } from '../domain/quote';
import { quotePayout } from './activity-proxies';
import { heldWithoutQuote, noteQuoteReply, probe } from './credentials';
import { orHold } from './hold-on-failure';
import { askPeople } from './people-round';
import type { PayoutRun } from './payout-run';
import type { StepEnd } from './step-end';
import { endHold, endUnsent } from './step-end';
import { recheckAt } from './recheck';

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
        run.roundOf('payout').expiresAt === run.wishEndsAt ? 'not_after_passed' : 'approval_expired',
      );
    default:
      return assertNever(end, 'end of a round');
  }
}

const priceInWords = ({ source, destination, rate, fee }: Quote): string =>
  `${formatMoney(destination)} for ${formatMoney(source)}, rate ${rate}${fee === undefined ? '' : `, fee ${formatMoney(fee)}`}`;

/** A quote within the request's own limits; keeps trying in a hold. `indicative` is the one people approved. */
export async function usableQuote(
  run: PayoutRun,
  indicative?: Quote,
): Promise<
  { readonly kind: 'quoted'; readonly quote: Quote; readonly digest: string } | { readonly kind: 'ended' }
> {
  const request = run.require('request');
  const plan = run.require('plan');
  for (let tries = 0; ; tries += 1) {
    const asked = await orHold(run, () =>
      run.inLocalTurn(() =>
        quotePayout({
          schema: 1,
          request,
          plan,
          ...(indicative === undefined ? {} : { indicative }),
          ...probe(run),
        }),
      ),
    );
    if (asked.kind === 'gave-up') {
      endHold(run, asked.end);
      return { kind: 'ended' };
    }
    const result = asked.value;
    noteQuoteReply(run, result);
    if (result.kind === 'quoted' && respectsLimits(result.quote, request.limits, indicative)) {
      // A hold for something else (an empty account) keeps its beginning and its deadline while a new price is asked for.
      if (tries > 0 || !run.isByPolicy) run.release();
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
    const note = result.kind === 'quoted' ? 'outside the limits of the request' : result.failure.code;
    const end = await run.waitInHold(heldWithoutQuote(result), { note, nextCheckAt: recheckAt(run, tries) });
    if (end !== 'again') {
      endHold(run, end);
      return { kind: 'ended' };
    }
  }
}
