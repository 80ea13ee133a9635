/**
 * What banks and mobile money settle in, by country (ISO 4217). A country that is not here is not judged: dollarised economies,
 * territories, and where two currencies change hands.
 */
// prettier-ignore
const currencies: Readonly<Record<string, string | undefined>> = {
  AE: 'AED', AO: 'AOA', AR: 'ARS', AT: 'EUR', AU: 'AUD', BD: 'BDT', BE: 'EUR', BF: 'XOF', BH: 'BHD',
  BJ: 'XOF', BR: 'BRL', BW: 'BWP', CA: 'CAD', CH: 'CHF', CI: 'XOF', CL: 'CLP', CM: 'XAF', CN: 'CNY',
  CO: 'COP', CZ: 'CZK', DE: 'EUR', DK: 'DKK', EE: 'EUR', EG: 'EGP', ES: 'EUR', ET: 'ETB', FI: 'EUR',
  FR: 'EUR', GB: 'GBP', GH: 'GHS', GR: 'EUR', HK: 'HKD', HU: 'HUF', ID: 'IDR', IE: 'EUR', IL: 'ILS',
  IN: 'INR', IT: 'EUR', JO: 'JOD', JP: 'JPY', KE: 'KES', KR: 'KRW', KW: 'KWD', KZ: 'KZT', LK: 'LKR',
  LT: 'EUR', LU: 'EUR', LV: 'EUR', MA: 'MAD', MW: 'MWK', MX: 'MXN', MY: 'MYR', MZ: 'MZN', NG: 'NGN',
  NL: 'EUR', NO: 'NOK', NP: 'NPR', NZ: 'NZD', OM: 'OMR', PE: 'PEN', PH: 'PHP', PK: 'PKR', PL: 'PLN',
  PT: 'EUR', QA: 'QAR', RO: 'RON', RW: 'RWF', SA: 'SAR', SE: 'SEK', SG: 'SGD', SI: 'EUR', SK: 'EUR',
  SN: 'XOF', TH: 'THB', TN: 'TND', TR: 'TRY', TZ: 'TZS', UA: 'UAH', UG: 'UGX', US: 'USD', VN: 'VND',
  ZA: 'ZAR', ZM: 'ZMW',
};

/** The currency that a country's own banks settle in; undefined: not known here. */
export const nationalCurrency = (country: string): string | undefined =>
  Object.hasOwn(currencies, country) ? currencies[country] : undefined;
