import { currencyExponent } from '../currency';
import { withDecimals } from '../money';

/** `12,500.00`: as many decimals as the currency has, unless the value has more. */
export function amountInWords(value: string, currency: string): string {
  const decimals = Math.max(currencyExponent(currency) ?? 0, value.split('.')[1]?.length ?? 0);
  // A crypto asset has up to eight decimals, and people read two.
  const shown = decimals > 4 ? Math.max(2, value.replace(/0+$/, '').split('.')[1]?.length ?? 0) : decimals;
  const [whole = '', fraction] = withDecimals(value, shown).split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `12,500.00 EUR`. */
export const moneyInWords = (value: string, currency: string): string =>
  `${amountInWords(value, currency)} ${currency}`;

/** `a, b and c`. */
export const listInWords = (items: readonly string[], last: 'and' | 'or'): string =>
  items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} ${last} ${items[items.length - 1] ?? ''}`;

const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
  [1, 'millisecond'],
];

/** `2 days`, `90 minutes`: in the largest unit that needs no fraction. */
export function durationInWords(ms: number): string {
  const [unit, name] = units.find(([size]) => ms % size === 0) ?? [1, 'millisecond'];
  const count = ms / unit;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
