import { Decimal } from 'decimal.js';
import { randomHex } from '../random-hex';
import type { CoreContext } from '../provider-core';

export type Quote = {
  readonly id: string;
  readonly fromCurrency: string;
  readonly toCurrency: string;
  readonly fromAmount: string;
  readonly toAmount: string;
  readonly rate: string;
  readonly expiresAt: number;
};

export type Conversion = Pick<Quote, 'fromCurrency' | 'toCurrency' | 'fromAmount'>;

export type QuoteDesk = {
  /** Undefined for a pair that is not supported. */
  rate(fromCurrency: string, toCurrency: string): string | undefined;
  /** Undefined for a pair that is not supported. */
  issue(conversion: Conversion, context: CoreContext): Quote | undefined;
  /** The quote if it can price this conversion now, or else why not. */
  check(id: string, conversion: Conversion, now: number): Quote | string;
  /** A quote prices one withdrawal. */
  use(id: string): void;
};

/** Locks rates for a short time (Syncgram Pay, Payout quote). */
export function createQuoteDesk(rates: Readonly<Record<string, string>>, lifetimeMs: number): QuoteDesk {
  const quotes = new Map<string, Quote>();
  const used = new Set<string>();
  const rate: QuoteDesk['rate'] = (fromCurrency, toCurrency) => rates[`${fromCurrency}/${toCurrency}`];

  return {
    rate,
    issue(conversion, { now, random }) {
      const locked = rate(conversion.fromCurrency, conversion.toCurrency);
      if (locked === undefined) return undefined;
      const quote: Quote = {
        id: `qt_${quotes.size + 1}${randomHex(random, 12)}`,
        ...conversion,
        toAmount: convert(conversion.fromAmount, locked),
        rate: locked,
        expiresAt: now + lifetimeMs,
      };
      quotes.set(quote.id, quote);
      return quote;
    },
    check(id, { fromCurrency, toCurrency, fromAmount }, now) {
      const quote = quotes.get(id);
      if (!quote) return 'Quote not found';
      if (used.has(id)) return 'Quote has already been used';
      if (now >= quote.expiresAt) return 'Quote has expired';
      const fits =
        quote.fromCurrency === fromCurrency &&
        quote.toCurrency === toCurrency &&
        new Decimal(quote.fromAmount).eq(fromAmount);
      return fits ? quote : 'Quote does not match the withdrawal';
    },
    use(id) {
      used.add(id);
    },
  };
}

/** What the recipient gets, in hundredths, rounded down. */
export function convert(amount: string, rate: string): string {
  return new Decimal(amount).times(rate).toFixed(2, Decimal.ROUND_DOWN);
}
