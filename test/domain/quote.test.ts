import * as fc from 'fast-check';
import { compareAmounts } from '../../src/domain/money';
import type { Quote } from '../../src/domain/quote';
import { bandAround, isInsideBand, respectsLimits } from '../../src/domain/quote';
import { holds } from '../support/property';

const quote = (arrives: string): Quote => ({
  quoteId: 'q-1',
  source: { value: '100.00', currency: 'USD' },
  destination: { value: arrives, currency: 'NGN' },
  rate: '1500',
  validForMs: 60_000,
});

test.each([
  ['150000', '0.5', '149250', true],
  ['150000', '0.5', '149249.99', false],
  ['150000', '0.5', '150000', true],
  ['150000', '0.5', '999999', true],
  ['150000', '0', '150000.00', true],
  ['150000', '0', '149999.99', false],
  ['150000', '100', '0.01', true],
  ['0.03', '0.5', '0.02985', true],
  ['0.03', '0.5', '0.02', false],
])('indicative %s with a band of %s %%: %s keeps the approval: %s', (indicative, band, firm, kept) =>
  expect(isInsideBand(quote(firm), bandAround(quote(indicative), band))).toBe(kept),
);

test('what people approved is inside its own band, and more is inside whenever less is', () => {
  const amount = fc.integer({ min: 1, max: 1_000_000_000 }).map((cents) => (cents / 100).toFixed(2));
  const band = fc.integer({ min: 0, max: 10_000 }).map((points) => (points / 100).toFixed(2));
  holds([amount, band, amount, amount], (indicative, percent, one, other) => {
    const floor = bandAround(quote(indicative), percent);
    expect(isInsideBand(quote(indicative), floor)).toBe(true);
    const [less, more] = compareAmounts(one, other) <= 0 ? [one, other] : [other, one];
    if (isInsideBand(quote(less), floor)) expect(isInsideBand(quote(more), floor)).toBe(true);
  });
});

describe('the request’s own limits', () => {
  test('no limits: every quote will do', () => {
    expect(respectsLimits(quote('1'), undefined)).toBe(true);
    expect(respectsLimits(quote('1'), {}, quote('150000'))).toBe(true);
  });

  test.each([
    ['149000', true],
    ['149000.00', true],
    ['149000.01', true],
    ['148999.99', false],
    ['20', false],
  ])('at least 149000 may arrive: %s is %s', (arrives, kept) =>
    expect(respectsLimits(quote(arrives), { leastReceived: '149000' })).toBe(kept),
  );

  test.each([
    ['148500', true],
    ['148499.99', false],
    ['151000', true],
  ])('at most 1 % worse than the indicative 150000: %s is %s', (arrives, kept) =>
    expect(respectsLimits(quote(arrives), { greatestSlippagePercent: '1' }, quote('150000'))).toBe(kept),
  );

  test('slippage is measured against an indicative quote; the first quote has none', () => {
    expect(respectsLimits(quote('1'), { greatestSlippagePercent: '0' })).toBe(true);
  });

  test('both limits hold at once', () => {
    const limits = { leastReceived: '149000', greatestSlippagePercent: '1' };
    expect(respectsLimits(quote('148999'), limits, quote('150000'))).toBe(false);
    expect(respectsLimits(quote('149000'), limits, quote('151000'))).toBe(false);
    expect(respectsLimits(quote('149500'), limits, quote('151000'))).toBe(true);
  });
});
