import type { ScreenPayoutResult } from '../../src/activities/payout-activities';
import type { Beneficiary } from '../../src/domain/payout-request';
import { subjectOf } from '../../src/activities/screen-payout';
import type { Screener, ScreeningDecision, ScreeningSubject } from '../../src/screening/screener';
import { scriptedProvider } from '../support/scripted-provider';
import { fakeMachine, request, stage } from './activity-stage';

const screen = async (screener: Screener) => {
  const { run } = stage(scriptedProvider({}), { installation: { screener } });
  return run('screenPayout', { schema: 1, request });
};

const hits = [{ list: 'list', entry: '7', score: '0.9', reason: 'similar-name' }] as const;

it.each<readonly [ScreeningDecision, ScreenPayoutResult]>([
  [
    { kind: 'clear', lists: ['list 1'], checks: [] },
    { kind: 'clear', lists: ['list 1'], checks: [] },
  ],
  [
    { kind: 'match', hits, lists: ['list 1'] },
    { kind: 'match', hits, lists: ['list 1'] },
  ],
  [
    { kind: 'possible', hits, lists: ['list 1'] },
    {
      kind: 'possible',
      hits,
      lists: ['list 1'],
      digest: 'screening:v1:25ae9c0f14e0ad2de9d6e138855d0ffb754ff68b4a6566e79b750c29c4ccc7ef',
    },
  ],
  [
    { kind: 'unavailable', note: 'the list is too old' },
    { kind: 'unavailable', note: 'the list is too old' },
  ],
])('passes on what the screener says, and lets only clear pass (%#)', async (decision, result) => {
  expect(await screen({ screen: async () => decision })).toEqual(result);
});

it.each<readonly [string, Screener]>([
  [
    'throws',
    {
      screen: () => {
        throw new Error('Beatriz Santos is not in the index');
      },
    },
  ],
  ['rejects', { screen: async () => Promise.reject(new Error('Beatriz Santos timed out')) }],
  ['rejects with nothing', { screen: async () => Promise.reject(undefined) }],
])('is unavailable, and never clear, when the screener %s', async (_name, screener) => {
  const result = await screen(screener);
  expect(result.kind).toBe('unavailable');
  expect(JSON.stringify(result)).not.toContain('Beatriz');
});

it('asks with the name as it was given, the country of the payout, and the bank', async () => {
  const asked: ScreeningSubject[] = [];
  await screen({
    screen: async (subject) => {
      asked.push(subject);
      return { kind: 'clear', lists: [] };
    },
  });
  expect(asked).toEqual([
    {
      name: 'Beatriz Santos',
      country: 'PH',
      bank: { bankCode: 'BOPI' },
      identifiers: [expect.objectContaining({ kind: 'account', country: 'PH', bankCode: 'BOPI' })],
    },
  ]);
});

it('asks with the codes of the bank and what identifies the account, and nothing else of it', () => {
  const account = { accountNumber: '1000000001', bankCode: '044', ifsc: 'HDFC0001234', bankName: 'A Bank' };
  const beneficiary = { method: 'bank-account', name: 'Beatriz Santos', account } as const;
  expect(subjectOf({ ...request, beneficiary })).toEqual({
    name: 'Beatriz Santos',
    country: 'PH',
    bank: { bankCode: '044', ifsc: 'HDFC0001234' },
    identifiers: [{ kind: 'account', value: '1000000001', country: 'PH', bankCode: '044' }],
  });
});

it.each([
  ['GB', '601613', '601613'],
  ['PH', '601613', undefined],
])('a code of the branch is the bank where the country says so: %s', (country, branchCode, bankCode) => {
  const account = { accountNumber: '31926819', branchCode };
  const beneficiary = { method: 'bank-account', name: 'Beatriz Santos', account } as const;
  const destination = { ...request.destination, country };
  const subject = subjectOf({ ...request, destination, beneficiary });
  expect(subject.bank?.bankCode).toBe(bankCode);
  expect(subject.identifiers).toEqual([
    { kind: 'account', value: '31926819', country, ...(bankCode === undefined ? {} : { bankCode }) },
  ]);
});

it.each([
  ['answers too late', undefined],
  ['is told to stop, and says so', new Error('aborted')],
])('is unavailable, not broken, where the screener %s', async (_what, error) => {
  const machine = fakeMachine();
  const screener: Screener = {
    screen: (_subject, signal) =>
      new Promise((_resolve, reject) => {
        if (error !== undefined) signal?.addEventListener('abort', () => reject(error));
      }),
  };
  const { run } = stage(scriptedProvider({}), { machine, installation: { screener } });
  const result = run('screenPayout', { schema: 1, request });
  await new Promise((resolve) => setImmediate(resolve));
  machine.elapse(7_000);
  expect(await result).toEqual({ kind: 'unavailable', note: 'the screener takes too long' });
  expect(machine.repeating()).toBe(0);
});

it.each<[Beneficiary, ScreeningSubject['identifiers']]>([
  [
    { method: 'mobile-wallet', name: 'Beatriz Santos', account: { phoneNumber: '09171234567' } },
    [{ kind: 'phone', value: '09171234567', country: 'PH' }],
  ],
  [
    { method: 'card', name: 'Beatriz Santos', account: { cardNumber: '4111111111111111' } },
    [{ kind: 'card', value: '4111111111111111' }],
  ],
  [
    {
      method: 'crypto-wallet',
      name: 'Beatriz Santos',
      account: { address: 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf', network: 'TRC20', memo: '7' },
    },
    [{ kind: 'wallet', value: 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf', network: 'TRC20' }],
  ],
  [
    {
      method: 'saved-destination',
      name: 'Beatriz Santos',
      account: { destinationId: 'dest-1', kind: 'bank-account' },
    },
    undefined,
  ],
])('asks with what identifies the account of every method (%#)', (beneficiary, identifiers) => {
  expect(subjectOf({ ...request, beneficiary }).identifiers).toEqual(identifiers);
});

it('shows the names of entries beside them, and keeps the digest of a review without them', async () => {
  const named = hits.map((hit) => ({ ...hit, names: ['SANTOS, Beatriz'] }));
  const digestOf = (result: ScreenPayoutResult): unknown => ('digest' in result ? result.digest : undefined);
  const possible = (found: typeof named | typeof hits) =>
    screen({ screen: async () => ({ kind: 'possible', hits: found, lists: ['list 1'] }) });
  const [without, withNames] = [await possible(hits), await possible(named)];
  expect(withNames).toMatchObject({ hits: [{ names: ['SANTOS, Beatriz'] }] });
  expect(digestOf(withNames)).toBe(digestOf(without));
});
