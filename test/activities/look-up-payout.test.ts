import { scriptedProvider } from '../support/scripted-provider';
import { attemptOf, fakeMachine, planFor, runId, scheduledAtMs, stage } from './activity-stage';

async function lookUp(
  priorKeys: readonly string[] | 'unavailable',
  input: { readonly originalRunId: string; readonly mindsOtherKeys?: boolean },
) {
  const provider = scriptedProvider({ lookUps: [{ kind: 'complete', found: [] }] });
  const { run } = stage(provider, { machine: fakeMachine(priorKeys) });
  const result = await run('lookUpPayout', {
    schema: 1,
    plan: await planFor(provider),
    attempt: attemptOf(),
    firstSentAt: scheduledAtMs,
    startedAt: scheduledAtMs,
    ...input,
  });
  return { result, provider };
}

const conflict = { kind: 'failed', failure: { effect: 'none', code: 'reset_conflict' } };
const nothing = { kind: 'complete', found: [] };

it.each([
  ['another key', ['key-0'], conflict],
  ['this key and another one', ['key-1', 'key-0'], conflict],
  ['what cannot be read', 'unavailable', conflict],
  ['this key', ['key-1'], nothing],
  ['nothing', [], nothing],
] as const)(
  'proves nothing in a run that follows a reset where other runs sent under %s, if that is minded',
  async (_what, keys, expected) => {
    const { result, provider } = await lookUp(keys, { originalRunId: 'run-0', mindsOtherKeys: true });
    expect(result).toEqual(expected);
    expect(provider.calls).toHaveLength(expected === nothing ? 1 : 0);
  },
);

it('asks nobody in an ordinary run, and where it is not minded', async () => {
  expect((await lookUp('unavailable', { originalRunId: runId, mindsOtherKeys: true })).result).toEqual(
    nothing,
  );
  expect((await lookUp(['key-0'], { originalRunId: 'run-0' })).result).toEqual(nothing);
});
