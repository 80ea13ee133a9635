import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import {
  amountProblem,
  compareAmounts,
  formatMoney,
  lessPercent,
  multiply,
  sameAmount,
  withDecimals,
} from '../../src/domain/money';
import { holds } from '../support/property';

/** Plain decimals with a given number of digits before and after the point, beside the same value as an integer. */
const plain = (mostDecimals: number, mostDigits = 15) =>
  fc
    .record({
      units: fc.bigInt({ min: 0n, max: 10n ** BigInt(mostDigits + mostDecimals) - 1n }),
      decimals: fc.integer({ min: 0, max: mostDecimals }),
    })
    .map(({ units, decimals }) => ({ text: decimalText(units, decimals), units, decimals }));

const decimalText = (units: bigint, decimals: number): string => {
  const digits = units.toString().padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** Both as integers of the same power of ten: exact arithmetic that shares nothing with decimal.js. */
const aligned = (left: { units: bigint; decimals: number }, right: { units: bigint; decimals: number }) => ({
  left: left.units * 10n ** BigInt(right.decimals),
  right: right.units * 10n ** BigInt(left.decimals),
});

describe('amounts that are payable', () => {
  test.each([
    ['0.01', 'USD'],
    ['125.00', 'USD'],
    ['125', 'USD'],
    ['1', 'JPY'],
    ['0.001', 'KWD'],
    ['0.0001', 'CLF'],
    ['0.000001', 'USDT_TRC20'],
    ['0.00000001', 'BTC'],
    ['999999999999999999.99', 'USD'],
  ])('%s %s', (value, currency) => expect(amountProblem(value, currency)).toBeUndefined());

  test('every plain decimal above zero that fits the currency', () => {
    holds([plain(2)], ({ text, units }) => {
      fc.pre(units > 0n);
      expect(amountProblem(text, 'USD')).toBeUndefined();
    });
  });
});

describe('amounts that are refused', () => {
  test.each([
    '',
    ' ',
    '1,000.00',
    '1_000',
    '1 000',
    '1e3',
    '1E3',
    '1e-2',
    '+1',
    '-1',
    '−1',
    '-0',
    '.5',
    '1.',
    '1..0',
    '1.2.3',
    '01',
    '00.10',
    '007',
    '0x10',
    '0b1',
    '0o7',
    'Infinity',
    'NaN',
    'null',
    '1n',
    ' 1',
    '1 ',
    '1\n',
    '\u20661',
    '\u200b1',
    '１２',
    '١٢',
    '१२',
    '1\u0660',
    '½',
    '²',
    '1٫5',
    '$1',
    '1USD',
    '1234567890123456789',
    `0.${'1'.repeat(19)}`,
    '9'.repeat(100_000),
  ])('%j', (value) => expect(amountProblem(value, 'USD')).toMatch(/plain decimal/));

  test.each([
    ['0', 'USD'],
    ['0.00', 'USD'],
    ['0.000', 'KWD'],
  ])('%s %s is not above zero', (value, currency) =>
    expect(amountProblem(value, currency)).toMatch(/greater than zero/),
  );

  test.each([
    ['1.001', 'USD', /has 3 decimals, USD allows 2/],
    ['1.0', 'JPY', /has 1 decimals, JPY allows 0/],
    ['1.00000', 'CLF', /allows 4/],
    ['0.0000001', 'USDT', /allows 6/],
  ])('%s %s has too many decimals, even where they are zeros', (value, currency, sentence) =>
    expect(amountProblem(value, currency)).toMatch(sentence),
  );

  test.each(['', 'usd', 'XXX', 'EURO', 'US', '__proto__', 'constructor'])('unknown currency %j', (currency) =>
    expect(amountProblem('1', currency)).toMatch(/unknown currency/),
  );

  test('whatever text is drawn: either it is a plain decimal or it is refused', () => {
    holds([fc.string({ unit: 'binary', maxLength: 24 })], (text) => {
      if (amountProblem(text, 'BTC') === undefined) expect(text).toMatch(/^[0-9]+(\.[0-9]+)?$/);
    });
  });
});

describe('comparing', () => {
  test('agrees with exact integer arithmetic, and turning it round turns the sign', () => {
    holds([plain(18, 18), plain(18, 18)], (left, right) => {
      const exact = aligned(left, right);
      const sign = exact.left < exact.right ? -1 : exact.left > exact.right ? 1 : 0;
      expect(compareAmounts(left.text, right.text)).toBe(sign);
      expect(compareAmounts(right.text, left.text)).toBe(sign === 0 ? 0 : -sign);
      expect(sameAmount(left.text, right.text)).toBe(sign === 0);
    });
  });

  test('trailing zeros do not matter', () => {
    holds([plain(6), fc.nat({ max: 10 })], ({ text, decimals }, zeros) => {
      const longer = `${text}${decimals === 0 ? '.' : ''}${'0'.repeat(zeros + 1)}`;
      expect(compareAmounts(text, longer)).toBe(0);
      expect(sameAmount(text, longer)).toBe(true);
    });
  });

  test.each([
    ['0.1', '0.10', true],
    ['9007199254740993', '9007199254740992', false],
    ['0.1', '0.1000000000000000055511151231257827', false],
    ['1', '', false],
    ['1', 'one', false],
    ['', '', false],
    ['NaN', 'NaN', false],
    ['Infinity', 'Infinity', false],
  ])('%j and %j are the same number: %s', (left, right, same) => expect(sameAmount(left, right)).toBe(same));
});

describe('arithmetic', () => {
  test('multiplying is exact for every amount and every rate of up to 36 digits each', () => {
    holds([plain(18, 18), plain(18, 18)], (amount, rate) => {
      const product = decimalText(amount.units * rate.units, amount.decimals + rate.decimals);
      expect(compareAmounts(multiply(amount.text, rate.text), product)).toBe(0);
      expect(multiply(amount.text, rate.text)).toMatch(/^[0-9]+(\.[0-9]+)?$/);
    });
  });

  test('taking a percentage off is exact', () => {
    holds([plain(18, 18), fc.integer({ min: 0, max: 10_000 })], (amount, basisPoints) => {
      const percent = decimalText(BigInt(basisPoints), 2);
      const expected = decimalText(amount.units * BigInt(10_000 - basisPoints), amount.decimals + 4);
      expect(compareAmounts(lessPercent(amount.text, percent), expected)).toBe(0);
    });
  });

  test('0 percent takes nothing, 100 percent everything, and more percent never leaves more', () => {
    holds([plain(6), plain(2, 2), plain(2, 2)], (amount, left, right) => {
      expect(compareAmounts(lessPercent(amount.text, '0'), amount.text)).toBe(0);
      expect(compareAmounts(lessPercent(amount.text, '100'), '0')).toBe(0);
      const [less, more] = compareAmounts(left.text, right.text) <= 0 ? [left, right] : [right, left];
      expect(
        compareAmounts(lessPercent(amount.text, less.text), lessPercent(amount.text, more.text)),
      ).toBeGreaterThanOrEqual(0);
    });
  });

  test('decimals are padded and never rounded away', () => {
    expect(withDecimals('125', 2)).toBe('125.00');
    expect(withDecimals('125.10', 1)).toBe('125.1');
    expect(withDecimals('0.000001', 6)).toBe('0.000001');
    expect(() => withDecimals('125.001', 2)).toThrow(/does not fit 2 decimals/);
    holds([plain(6), fc.integer({ min: 6, max: 18 })], ({ text }, decimals) => {
      const padded = withDecimals(text, decimals);
      expect(padded.split('.')[1]).toHaveLength(decimals);
      expect(sameAmount(padded, text)).toBe(true);
    });
  });

  test('money is written as value and currency', () => {
    expect(formatMoney({ value: '125.00', currency: 'USDT' })).toBe('125.00 USDT');
  });

  test('somebody else’s global settings of decimal.js change nothing', () => {
    const before = Decimal.precision;
    Decimal.set({ precision: 2, rounding: Decimal.ROUND_UP });
    try {
      expect(multiply('123.456', '1')).toBe('123.456');
      expect(lessPercent('1000.01', '0.5')).toBe('995.00995');
    } finally {
      Decimal.set({ precision: before, rounding: Decimal.ROUND_HALF_UP });
    }
  });
});
