import type { AccountState } from '../../src/domain/account-state';
import {
  afterAcceptedCredentials,
  afterRefusedCredentials,
  parseAccountState,
  withProbe,
} from '../../src/domain/account-state';

const open: AccountState = { paused: false };
const byPeople: AccountState = { paused: true, by: 'dana', since: 1_000, reason: 'incident 12' };
const minute = 60_000;
const refusedAt = (now: number): AccountState => {
  const state = afterRefusedCredentials(open, now);
  if (state === undefined) throw new Error('not paused');
  return state;
};

describe('refused credentials', () => {
  it('pause an open account in the name of the machine', () => {
    expect(refusedAt(5)).toMatchObject({
      paused: true,
      by: 'payouts',
      cause: 'credentials_refused',
      since: 5,
      checkedAt: 5,
    });
  });

  it('change nothing about a pause of people', () => {
    expect(afterRefusedCredentials(byPeople, 5)).toBeUndefined();
  });

  it('are noted anew once a minute at most, and are the same pause', () => {
    expect(afterRefusedCredentials(refusedAt(5), minute)).toBeUndefined();
    expect(afterRefusedCredentials(refusedAt(5), minute + 5)).toMatchObject({
      since: 5,
      checkedAt: minute + 5,
    });
  });
});

describe('accepted credentials', () => {
  it('end exactly the pause that the send passed', () => {
    expect(afterAcceptedCredentials(refusedAt(5), 5, 9)).toMatchObject({ paused: false, by: 'payouts' });
  });

  it.each<readonly [string, AccountState]>([
    ['an account that is open', open],
    ['a pause of people', { ...byPeople, since: 5 }],
    ['a later pause', refusedAt(6)],
  ])('change nothing about %s', (_what, state) => {
    expect(afterAcceptedCredentials(state, 5, 9)).toBeUndefined();
  });
});

/** Paused since 5, and tried again so often, the last time then. */
const probed = (checkedAt: number, probes: number): AccountState => ({
  paused: true,
  cause: 'credentials_refused',
  by: 'payouts',
  since: 5,
  reason: 'the provider refuses the credentials',
  checkedAt,
  probes,
});

describe('leave to try them', () => {
  it.each<readonly [string, AccountState, number, boolean]>([
    ['a moment after the refusal', refusedAt(5), 6, false],
    ['five seconds after it', refusedAt(5), 5_005, true],
    ['ten seconds after the next one', probed(5_005, 1), 15_004, false],
    ['a quarter of an hour after a late one', probed(5, 30), 15 * minute + 5, true],
    ['less than that after it', probed(5, 30), 15 * minute + 4, false],
    ['while people pause the account', byPeople, 90 * minute, false],
    ['while nothing is paused', open, 90 * minute, false],
  ])('%s', (_when, state, now, isGiven) => {
    const next = withProbe(state, now);
    expect(next !== undefined).toBe(isGiven);
    if (next !== undefined) expect(withProbe(next, now + 5_000)).toBeUndefined();
  });
});

describe('the memo', () => {
  it('is read as it was written', () => {
    for (const state of [open, byPeople, refusedAt(5), probed(9, 2)])
      expect(parseAccountState(state)).toEqual(state);
  });

  it('with a cause of a newer version is a pause that nothing passes', () => {
    expect(parseAccountState({ ...byPeople, cause: 'moon' })).toEqual(byPeople);
  });
});
