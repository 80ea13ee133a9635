import { compareAmounts, lessPercent, plusPercent } from './money';
import type { RateLimits } from './payout-request';

/** A provider's price for one payout. Amounts are decimal strings in the currencies named. */
export type Quote = {
  readonly quoteId: string;
  readonly source: { readonly value: string; readonly currency: string };
  readonly destination: { readonly value: string; readonly currency: string };
  /** Units of the destination currency per unit of the source currency. */
  readonly rate: string;
  readonly fee?: { readonly value: string; readonly currency: string };
  /** How long the quote still held when it was read, by the provider's own clock; milliseconds. */
  readonly validForMs: number;
};

/** What an approval covers: the least that may arrive and the most that may be debited. */
export type QuoteBand = { readonly leastReceived: string; readonly mostDebited: string };

/** The band around an indicative quote. */
export const bandAround = (indicative: Quote, percent: string): QuoteBand => ({
  leastReceived: lessPercent(indicative.destination.value, percent),
  mostDebited: plusPercent(indicative.source.value, percent),
});

/** Whether the firm quote keeps the approval that was given on the indicative one. */
export const isInsideBand = (firm: Quote, band: QuoteBand): boolean =>
  compareAmounts(firm.destination.value, band.leastReceived) >= 0 &&
  compareAmounts(firm.source.value, band.mostDebited) <= 0;

/** Whether a quote respects the request's own limits; the slippage is measured against the indicative quote, if any. */
export function respectsLimits(quote: Quote, limits: RateLimits | undefined, indicative?: Quote): boolean {
  if (
    limits?.leastReceived !== undefined &&
    compareAmounts(quote.destination.value, limits.leastReceived) < 0
  ) {
    return false;
  }
  if (limits?.greatestSlippagePercent === undefined || indicative === undefined) return true;
  return isInsideBand(quote, bandAround(indicative, limits.greatestSlippagePercent));
}
