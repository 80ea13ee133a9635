import { compareAmounts, lessPercent } from './money';
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

/** The least that may arrive after an approval: the indicative amount less the plan's band. */
export const bandFloor = (indicative: Quote, bandPercent: string): string =>
  lessPercent(indicative.destination.value, bandPercent);

/** Whether the firm quote keeps the approval that was given on the indicative one. */
export const isInsideBand = (firm: Quote, floor: string): boolean =>
  compareAmounts(firm.destination.value, floor) >= 0;

/** Whether a quote respects the request's own limits; the slippage is measured against the indicative quote, if any. */
export function respectsLimits(quote: Quote, limits: RateLimits | undefined, indicative?: Quote): boolean {
  if (
    limits?.leastReceived !== undefined &&
    compareAmounts(quote.destination.value, limits.leastReceived) < 0
  ) {
    return false;
  }
  if (limits?.greatestSlippagePercent === undefined || indicative === undefined) return true;
  return isInsideBand(quote, bandFloor(indicative, limits.greatestSlippagePercent));
}
