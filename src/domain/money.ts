import { Decimal } from 'decimal.js';
import { currencyExponent } from './currency';

/**
 * An amount of money: a plain decimal string (`125.00`; no sign, exponent, grouping or leading zeros) and its currency.
 * Amounts are never floats; arithmetic goes through decimal.js and comes back as a string.
 */
export type Money = { readonly value: string; readonly currency: string };

/**
 * A constructor of our own, so that nobody's global `Decimal.set` changes our arithmetic. An amount has up to 36 digits
 * and a rate may have as many: the product of two such numbers must not be rounded.
 */
const Exact = Decimal.clone({
  precision: 120,
  rounding: Decimal.ROUND_HALF_EVEN,
  toExpNeg: -40,
  toExpPos: 40,
});

const plainDecimal = /^(0|[1-9]\d{0,17})(\.\d{1,18})?$/;

/** Why a text is no payable amount; undefined when it is one. Sentences are fit for an API error. */
export function amountProblem(value: string, currency: string): string | undefined {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) return `unknown currency ${JSON.stringify(currency)}`;
  if (!plainDecimal.test(value)) return 'must be a plain decimal string such as "125.00"';
  const decimals = value.split('.')[1]?.length ?? 0;
  if (decimals > exponent) return `has ${decimals} decimals, ${currency} allows ${exponent}`;
  if (new Exact(value).isZero()) return 'must be greater than zero';
  return undefined;
}

/** -1, 0 or 1; both amounts are plain decimals of the same currency. */
export function compareAmounts(left: string, right: string): number {
  return new Exact(left).comparedTo(new Exact(right));
}

/** Whether two decimal strings are the same number, however many zeros they carry. False when either is no number. */
export function sameAmount(left: string, right: string): boolean {
  try {
    const exact = new Exact(left);
    return exact.isFinite() && exact.equals(new Exact(right));
  } catch {
    return false;
  }
}

/** The same number with as few digits as it needs: `125.00` and `125.0` are `125`. */
export const withoutZeros = (value: string): string => new Exact(value).toFixed();

/** The amount with exactly `decimals` decimals. Only for amounts that already fit: nothing is rounded. */
export function withDecimals(value: string, decimals: number): string {
  const exact = new Exact(value);
  if (exact.decimalPlaces() > decimals) throw new Error(`amount does not fit ${decimals} decimals`);
  return exact.toFixed(decimals);
}

/** `amount × (1 − percent/100)`, exact, not rounded. `percent` is a decimal string such as `0.5`. */
export function lessPercent(amount: string, percent: string): string {
  return new Exact(amount).times(new Exact(100).minus(percent)).dividedBy(100).toFixed();
}

/** `amount × (1 + percent/100)`, exact, not rounded. */
export function plusPercent(amount: string, percent: string): string {
  return new Exact(amount).times(new Exact(100).plus(percent)).dividedBy(100).toFixed();
}

/** `amount × rate`, exact, not rounded. */
export const multiply = (amount: string, rate: string): string => new Exact(amount).times(rate).toFixed();

/** `125.00 USDT`, for people. */
export const formatMoney = (money: Money): string => `${money.value} ${money.currency}`;
