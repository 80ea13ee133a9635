import { currencyExponent, impliedNetwork, isCurrency } from '../../src/domain/currency';

test.each([
  ['JPY', 0],
  ['KRW', 0],
  ['VND', 0],
  ['CLP', 0],
  ['ISK', 0],
  ['UGX', 0],
  ['XAF', 0],
  ['XOF', 0],
  ['XPF', 0],
  ['UYI', 0],
  ['USD', 2],
  ['EUR', 2],
  ['GBP', 2],
  ['INR', 2],
  ['NGN', 2],
  ['BDT', 2],
  ['KES', 2],
  ['HUF', 2],
  ['MGA', 2],
  ['MRU', 2],
  ['XCG', 2],
  ['ZWG', 2],
  ['BHD', 3],
  ['IQD', 3],
  ['JOD', 3],
  ['KWD', 3],
  ['LYD', 3],
  ['OMR', 3],
  ['TND', 3],
  ['CLF', 4],
  ['UYW', 4],
  ['BTC', 8],
  ['USDT', 6],
  ['USDC', 6],
])('%s has %i decimals', (code, exponent) => {
  expect(currencyExponent(code)).toBe(exponent);
  expect(isCurrency(code)).toBe(true);
});

test.each([
  // Codes that were withdrawn, metals and test codes of ISO 4217, and texts that only look like codes.
  'DEM',
  'HRK',
  'ZWL',
  'SLL',
  'CUC',
  'XAU',
  'XAG',
  'XXX',
  'XTS',
  'XDR',
  '',
  'usd',
  'Usd',
  'US',
  'USDD',
  'US$',
  ' USD',
  'USD ',
  'USD\n',
  'ＵＳＤ',
  'ТHВ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
])('%j is no currency', (code) => {
  expect(currencyExponent(code)).toBeUndefined();
  expect(isCurrency(code)).toBe(false);
});

describe('assets on networks', () => {
  test.each([
    ['USDT_TRC20', 6, 'TRC20'],
    ['USDT_ERC20', 6, 'ERC20'],
    ['USDC_POLYGON', 6, 'POLYGON'],
    ['BTC_LIGHTNING', 8, 'LIGHTNING'],
  ])('%s has %i decimals on %s', (code, exponent, network) => {
    expect(currencyExponent(code)).toBe(exponent);
    expect(impliedNetwork(code)).toBe(network);
  });

  test.each([
    'USD_TRC20',
    'EUR_SEPA',
    'DOGE_TRC20',
    'USDT_',
    '_TRC20',
    'USDT_trc20',
    'USDT-TRC20',
    'USDT_TRC20_X',
    'USDT_TR',
    'USDT_TRC20 ',
    'USDT_ABCDEFGHIJK',
  ])('%j is none', (code) => expect(isCurrency(code)).toBe(false));

  test('a currency without a network implies none', () => {
    for (const code of ['USD', 'USDT', 'BTC', '']) expect(impliedNetwork(code)).toBeUndefined();
  });
});
