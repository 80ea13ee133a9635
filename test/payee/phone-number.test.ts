import { callingCodeOf, phoneNumberCountries, readPhoneNumber } from '../../src/payee/phone-number';

describe('a number is read the way people write it', () => {
  test.each([
    ['08031234567', 'NG', '+2348031234567'],
    ['8031234567', 'NG', '+2348031234567'],
    ['+234 803 123 4567', 'NG', '+2348031234567'],
    ['+234-803-123-4567', 'US', '+2348031234567'],
    ['2348031234567', 'NG', '+2348031234567'],
    ['002348031234567', 'NG', '+2348031234567'],
    ['0092 300 1234567', 'PK', '+923001234567'],
    ['01712345678', 'BD', '+8801712345678'],
    ['1712345678', 'BD', '+8801712345678'],
    ['09171234567', 'PH', '+639171234567'],
    ['+254 (0)712 345678', 'KE', '+254712345678'],
    ['+2250101234567', 'CI', '+2250101234567'],
    ['+39 02 1234 5678', 'IT', '+390212345678'],
    ['(0803) 123.4567', 'NG', '+2348031234567'],
    ['01711234567', 'DE', '+491711234567'],
    ['0171 12345678', 'DE', '+4917112345678'],
    // In pairs, in a plan with numbers of several lengths.
    ['040 123 45 67', 'FI', '+358401234567'],
    ['06-12-34-56-78', 'FR', '+33612345678'],
  ])('%s in %s', (text, country, e164) => {
    expect(readPhoneNumber(text, country)?.e164).toBe(e164);
    expect(readPhoneNumber(e164, country)?.e164).toBe(e164);
  });
});

test.each([
  ['+23408031234567', '+2348031234567'],
  ['+88001712345678', '+8801712345678'],
  ['+6309171234567', '+639171234567'],
  ['+4407911123456', '+447911123456'],
  ['+254 0712 345678', '+254712345678'],
])('a trunk zero after the country code falls away: %s', (text, e164) => {
  expect(readPhoneNumber(text, 'NG')?.e164).toBe(e164);
});

test('a leading zero that belongs to the number stays', () => {
  expect(readPhoneNumber('+390212345678', 'IT')?.e164).toBe('+390212345678');
  expect(readPhoneNumber('0101234567', 'CI')?.e164).toBe('+2250101234567');
});

describe('what no numbering plan knows is not read', () => {
  test.each([
    ['+2340803123456', 'NG'],
    ['+234803123456', 'NG'],
    ['+9991234567', 'NG'],
    ['01012345678', 'BD'],
    ['+00000000000', 'NG'],
    ['2.34803E+12', 'NG'],
    ['+234 803 123 4567 ext. 5', 'NG'],
    ['0800-FLOWERS', 'US'],
    ['٠٨٠٣١٢٣٤٥٦٧', 'NG'],
    ['+', 'NG'],
    ['(((((((((((((((((((((((((((((((((((((((((((((', 'NG'],
    ['8031234567', 'AQ'],
  ])('%s in %s', (text, country) => {
    expect(readPhoneNumber(text, country)).toBeUndefined();
  });
});

describe('what may hold two numbers is not read: joined they are a third', () => {
  test.each([
    ['0171 1234567/8', 'DE'],
    ['0171 1234567-8', 'DE'],
    ['0171 1234567 8', 'DE'],
    ['0171-123-4567 -8', 'DE'],
    ['0171 1234567 - 80', 'DE'],
    ['+49 171 1234567 (8)', 'DE'],
    ['+49 171 1234567.0', 'DE'],
    ['0812-345-6789-0', 'ID'],
    ['0171 1234567;8', 'DE'],
    ['0171 1234567,8', 'DE'],
    ['0171 1234567 & 8', 'DE'],
    ['0171 1234567+8', 'DE'],
    ['0171 1234567 or 8', 'DE'],
    ['0171 1234567x8', 'DE'],
    ['0171 1234567 ext 8', 'DE'],
    ['0171 1234567 ext. 8', 'DE'],
    ['0171 1234567#8', 'DE'],
    ['0171 1234567*8', 'DE'],
    ['0171 1234567|8', 'DE'],
    ['0171 1234567\\8', 'DE'],
    ['0171 1234567_8', 'DE'],
    ['0171 1234567~8', 'DE'],
    ['08031234567/08031234568', 'NG'],
    ['08031234567 08031234568', 'NG'],
    ['０８０３１２３４５６７', 'NG'],
  ])('%s in %s', (text, country) => {
    expect(readPhoneNumber(text, country)).toBeUndefined();
  });
});

test('says the line, the national form and the calling code', () => {
  expect(readPhoneNumber('+8801712345678', 'BD')).toEqual({
    e164: '+8801712345678',
    national: '01712345678',
    callingCode: '880',
    countries: ['BD'],
    line: 'mobile',
  });
  expect(readPhoneNumber('+63281234567', 'PH')?.line).toBe('fixed');
  expect(readPhoneNumber('+14155552671', 'US')?.line).toBe('mobile-or-fixed');
  expect(readPhoneNumber('+448081570192', 'GB')?.line).toBe('service');
});

describe('the countries that a number may belong to', () => {
  test.each([
    ['+98 912 345 6789', 'NG', ['IR']],
    ['0098 912 345 6789', 'NG', ['IR']],
    ['+53 5 1234567', 'MX', ['CU']],
    ['+850 192 123 4567', 'CN', ['KP']],
    ['+7 701 123 4567', 'RU', ['KZ']],
    ['08031234567', 'NG', ['NG']],
    ['+98 912 345 6789/0', 'NG', ['IR']],
    ['not a number', 'NG', []],
  ])('%s', (text, country, countries) => {
    expect(phoneNumberCountries(text, country)).toEqual(countries);
  });

  test('all of a shared calling code, where the plan knows no such number', () => {
    expect(phoneNumberCountries('+447700900123', 'GB')).toEqual(
      expect.arrayContaining(['GB', 'GG', 'IM', 'JE']),
    );
    expect(phoneNumberCountries('+98 123', 'NG')).toEqual(['IR']);
  });
});

test('calling codes', () => {
  expect(callingCodeOf('NG')).toBe('234');
  expect(callingCodeOf('AQ')).toBeUndefined();
});
