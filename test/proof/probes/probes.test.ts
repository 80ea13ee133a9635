import { createProbeHosts, playOnModel } from './play-on-model';
import type { ModelPlay } from './play-on-model';
import { inMacrotask } from '../temporal-model/drive';
import { readRecording, recordedNames } from './probe-recordings';
import type { Probe, ProbeAnswer } from './probe-script';
import { nameOf, probes } from './probes';

const cases = probes.map((probe) => [nameOf(probe), probe.question, probe] as const);
const createHost = createProbeHosts();

async function answerOfModel(probe: Probe, play: ModelPlay = {}): Promise<ProbeAnswer> {
  return (await inMacrotask(() => playOnModel(probe, { createHost, ...play }))).answer;
}

function recorded(probe: Probe): ProbeAnswer {
  const recording = readRecording(probe);
  if (recording === undefined) {
    throw new Error(`${nameOf(probe)} is not recorded: npm run record-probes -- ${nameOf(probe)}`);
  }
  const { question: _question, ...answer } = recording;
  return answer;
}

it('has a recording for every probe, and no other', () => {
  expect([...recordedNames()].sort()).toEqual(cases.map(([name]) => name).sort());
  expect(cases.length).toBeGreaterThanOrEqual(25);
});

it('was recorded for the question that the probe asks now', () => {
  for (const [, question, probe] of cases) expect(readRecording(probe)?.question).toBe(question);
});

describe('the model answers as the real server did', () => {
  test.each(cases)('%s: %s', async (_name, _question, probe) => {
    expect(await answerOfModel(probe)).toEqual(recorded(probe));
  });
});

describe('and so it does when every workflow task replays the run', () => {
  test.each(cases)('%s', async (_name, _question, probe) => {
    expect(await answerOfModel(probe, { faults: { eviction: 1 } })).toEqual(recorded(probe));
  });
});

test('and for other seeds', async () => {
  for (let seed = 2; seed <= 6; seed += 1) {
    for (const [, , probe] of cases) expect(await answerOfModel(probe, { seed })).toEqual(recorded(probe));
  }
});
