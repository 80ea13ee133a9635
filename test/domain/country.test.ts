import { countryCodes, isCountry } from '../../src/domain/country';

test('lists the 249 assigned codes, each known to Unicode by a name', () => {
  expect(countryCodes.size).toBe(249);
  const names = new Intl.DisplayNames('en', { type: 'region' });
  for (const code of countryCodes) {
    expect(code).toMatch(/^[A-Z]{2}$/);
    expect(names.of(code)).not.toBe(code);
  }
});

test.each(['in', 'XX', 'UK', 'EU', 'XK', 'AN', 'SU', '', 'IND'])('%s is none', (code) =>
  expect(isCountry(code)).toBe(false),
);
