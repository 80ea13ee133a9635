import { payoutEventTypes } from '../../src/domain/payout-snapshot';
import { heldReasons, ownerOf, reasonCodes } from '../../src/domain/reason';

test.each([
  ['reason codes', reasonCodes, /^[a-z]+(_[a-z]+)*$/],
  ['held reasons', heldReasons, /^[a-z]+(_[a-z]+)*$/],
  ['event types', payoutEventTypes, /^[a-z]+(-[a-z]+)*$/],
])('%s are distinct and written alike', (_what, codes, form) => {
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(code).toMatch(form);
});

test('every held reason has an owner, and nothing else has', () => {
  expect(Object.keys(ownerOf).sort()).toEqual([...heldReasons].sort());
});
