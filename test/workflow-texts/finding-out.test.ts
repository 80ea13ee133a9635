import { newAttemptLog } from '../../src/domain/submission';
import { findingOut } from '../../src/workflows/payout/attempt/finding-out';
import { contracts } from '../support/scripted-provider';

const about = (nextLookAt?: number) =>
  findingOut({
    status: 'unconfirmed',
    held: undefined,
    plan: { contract: contracts.byKey } as never,
    attemptLog: newAttemptLog(1),
    mayNotReplay: false,
    sought: { since: Date.now() - 60_000, ...(nextLookAt === undefined ? {} : { nextLookAt }) },
  }).findingOut;

test('a look is promised for a time that is still to come, or not at all', () => {
  const soon = Date.now() + 60_000;
  expect(about(soon)).toEqual({ nextLookAt: soon, peopleMayEndAt: expect.any(Number) });
  expect(about(Date.now() - 1)).toEqual({ peopleMayEndAt: expect.any(Number) });
  expect(about()).toEqual({ peopleMayEndAt: expect.any(Number) });
});
