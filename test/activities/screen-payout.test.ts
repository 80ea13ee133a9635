import type { Screener, ScreeningDecision, ScreeningSubject } from '../../src/screening/screener';
import { scriptedProvider } from '../support/scripted-provider';
import { request, stage } from './activity-stage';

const screen = async (screener: Screener) => {
  const { run } = stage(scriptedProvider({}), { installation: { screener } });
  return run('screenPayout', { schema: 1, request });
};

it.each<ScreeningDecision>([
  { kind: 'clear', lists: ['list 1'] },
  { kind: 'hit', lists: ['list 1'] },
  { kind: 'unavailable', note: 'the list is too old' },
])('passes on what the screener says ($kind)', async (decision) => {
  expect(await screen({ screen: async () => decision })).toEqual(decision);
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

it('asks with the name as it was given, and the country of the payout', async () => {
  const asked: ScreeningSubject[] = [];
  await screen({
    screen: async (subject) => {
      asked.push(subject);
      return { kind: 'clear', lists: [] };
    },
  });
  expect(asked).toEqual([{ name: 'Beatriz Santos', country: 'PH' }]);
});
