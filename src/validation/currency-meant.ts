import { isCurrency } from '../domain/currency';

/** Codes that people write and that ISO 4217 does not have. */
const aliases: Readonly<Record<string, string>> = {
  EURO: 'EUR',
  EUROS: 'EUR',
  UKP: 'GBP',
  STG: 'GBP',
  RMB: 'CNY',
  CNH: 'CNY',
  NTD: 'TWD',
  NIS: 'ILS',
  KSH: 'KES',
  TETHER: 'USDT',
};

/** The code that somebody most likely meant: other case, another separator, a name of the market. */
export function currencyMeant(written: string): string | undefined {
  const code = written
    .slice(0, 16)
    .trim()
    .toUpperCase()
    .replaceAll(/[-\s/.]+/g, '_');
  if (isCurrency(code)) return code;
  return Object.hasOwn(aliases, code) ? aliases[code] : undefined;
}
