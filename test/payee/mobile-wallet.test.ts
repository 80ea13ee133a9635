import { readMobileWallet } from '../../src/payee/mobile-wallet';

const read = (country: string, phoneNumber: string, operator?: string) => {
  const { account, findings } = readMobileWallet({ phoneNumber, ...(operator && { operator }) }, country);
  return { number: account.phoneNumber, told: findings.map(({ severity }) => severity) };
};

test.each([
  ['BD', '01712345678', '+8801712345678'],
  ['BD', '+88001712345678', '+8801712345678'],
  ['BD', '1712345678', '+8801712345678'],
  ['BD', '01812-345678', '+8801812345678'],
  ['NG', '+23408031234567', '+2348031234567'],
  ['NG', '08031234567', '+2348031234567'],
  ['NG', '0803 123 4567', '+2348031234567'],
  ['PH', '09171234567', '+639171234567'],
  ['KE', '0712345678', '+254712345678'],
  ['GH', '0241234567', '+233241234567'],
  ['UG', '0772 123456', '+256772123456'],
  ['CI', '0701234567', '+2250701234567'],
])('to %s: %s is %s', (country, phoneNumber, e164) => {
  expect(read(country, phoneNumber)).toEqual({ number: e164, told: [] });
});

test.each([
  ['BD', '01212345678', 'no operator has 012'],
  ['BD', '0171234567', 'a digit lost'],
  ['BD', '017123456789', 'a digit too many'],
  ['BD', '+8802123456789', 'a landline'],
  ['BD', '+919812345678', 'of India'],
  ['NG', '+2342012345678', 'a landline'],
  ['NG', '+234803123456', 'a digit lost'],
  ['NG', '2.34803E+12', 'a spreadsheet'],
  ['NG', '2348031234567.0', 'a spreadsheet'],
  ['NG', "'08031234567", 'a spreadsheet'],
  ['PH', '+63281234567', 'a landline'],
  ['GB', '08081570192', 'toll-free'],
  ['GB', '09098790000', 'premium'],
  ['KE', 'call me', 'no number'],
  ['KE', '1', 'no number'],
  ['KE', '+254', 'no number'],
])('to %s: %s is refused (%s)', (country, phoneNumber) => {
  expect(read(country, phoneNumber).told).toEqual(['refused']);
});

test.each([
  ['NG', '+989123456789', '+989123456789'],
  ['GH', '+2348031234567', '+2348031234567'],
  ['PH', '+14155552671', '+14155552671'],
])('to %s: %s of another country is doubtful', (country, phoneNumber, e164) => {
  expect(read(country, phoneNumber)).toEqual({ number: e164, told: ['doubtful'] });
});

describe('Rocket’s numbers have a digit more', () => {
  test.each(['017123456789', '+88017123456789', '0171234567-8 9', '17123456789'])('%s', (phoneNumber) => {
    expect(read('BD', phoneNumber, 'Rocket')).toEqual({ number: '017123456789', told: [] });
    expect(read('BD', phoneNumber, 'DBBL Rocket').told).toEqual([]);
  });
  test('which no other operator’s have, and which one of Rocket’s lacks', () => {
    expect(read('BD', '017123456789', 'bKash').told).toEqual(['refused']);
    expect(read('BD', '01712345678', 'rocket')).toEqual({ number: '+8801712345678', told: ['doubtful'] });
    expect(read('BD', '0171234567890', 'rocket').told).toEqual(['refused']);
    expect(read('NG', '080312345678', 'rocket').told).toEqual(['refused']);
  });
  test('and reading it again changes nothing', () => {
    expect(read('BD', '017123456789', 'rocket').number).toBe('017123456789');
  });
});
