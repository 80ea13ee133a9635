/**
 * Currencies and how many decimals an amount in them may have.
 * Source: ISO 4217 list one (active codes with a minor unit), plus the crypto assets that the providers name
 * (Pontis debits USDT; Syncgram pays out assets written ASSET_NETWORK, such as USDT_TRC20) and the own coins of other chains
 * on which those assets are paid, with the decimals of the chains' own documents.
 */

const isoCodesByExponent: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF ' +
    'CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG ' +
    'HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR ' +
    'MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD ' +
    'SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG ' +
    'YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/** Crypto assets and the number of decimals they are paid in; the network does not change it. */
const cryptoExponents: Readonly<Record<string, number>> = {
  BTC: 8,
  ETH: 8,
  EOS: 4,
  LTC: 8,
  SOL: 9,
  TON: 9,
  TRX: 6,
  USDC: 6,
  USDT: 6,
  XLM: 7,
  XRP: 6,
};

const exponents: ReadonlyMap<string, number> = new Map([
  ...Object.entries(isoCodesByExponent).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code) => [code, Number(exponent)] as const),
  ),
  ...Object.entries(cryptoExponents),
]);

/** `USDT_TRC20` is the asset `USDT` on the network `TRC20`. */
const assetOnNetwork = /^([A-Z]{3,5})_([A-Z0-9]{3,10})$/;

/** Number of decimals of a currency, or undefined when the code is not known. Codes are upper case. */
export function currencyExponent(code: string): number | undefined {
  const onNetwork = assetOnNetwork.exec(code);
  if (onNetwork) {
    const asset = onNetwork[1] ?? '';
    return asset in cryptoExponents ? cryptoExponents[asset] : undefined;
  }
  return exponents.get(code);
}

export const isCurrency = (code: string): boolean => currencyExponent(code) !== undefined;

/** The network a currency code implies (`TRC20` of `USDT_TRC20`), or undefined. */
export const impliedNetwork = (code: string): string | undefined => assetOnNetwork.exec(code)?.[2];
