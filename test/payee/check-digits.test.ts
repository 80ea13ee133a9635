import { passesLuhn } from '../../src/payee/check-digits';

test.each([
  '4111111111111111',
  '5500005555555559',
  '378282246310005',
  '6304000000000000',
  '0000000000000000',
])('%s passes', (digits) => expect(passesLuhn(digits)).toBe(true));

test.each(['4111111111111112', '4111111111111121', '5500005555555558', '378282246310006'])(
  '%s fails',
  (digits) => expect(passesLuhn(digits)).toBe(false),
);
