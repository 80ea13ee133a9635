/**
 * Runs of earlier versions, replayed by today's workflow code. A failing test here means that running payouts would
 * stop: change the workflow with `patched()`, never the recordings.
 */
import { execFileSync } from 'node:child_process';
import { textsIn } from './history-text';
import { realLookingData } from './personal-data';
import { readChecksums, readRecording, recordingProblems, recordingsFolder } from './recordings';
import { refusedHistories } from './replay-histories';

const bundle = process.env['PAYOUTS_TEST_WORKFLOW_BUNDLE'] ?? '';
const recordings = Object.keys(readChecksums(recordingsFolder)).map((name) => ({
  name,
  text: readRecording(recordingsFolder, name),
}));
if (recordings.length === 0) process.stderr.write('No histories are recorded: nothing to replay.\n');

test('no recording was changed, removed or added by hand', () => {
  expect(recordingProblems(recordingsFolder)).toEqual([]);
});

test('no commit has replaced or dropped a checksum', () => {
  const log = execFileSync('git', ['log', '-p', '-U0', '--format=', '--', 'test/replay/checksums.json'], {
    cwd: recordingsFolder.replace(/[\\/]test[\\/]replay$/, ''),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const checksums = readChecksums(recordingsFolder);
  const lost = [...log.matchAll(/^[-+]\s+"([^"]+)": "([0-9a-f]{64})",?$/gm)].filter(
    ([, name = '', checksum]) => checksums[name] !== checksum,
  );
  expect(lost.map(([line]) => line)).toEqual([]);
});

test('nothing in them could belong to a real person or tells of a machine', () => {
  const found = recordings.flatMap(({ name, text }) =>
    realLookingData(textsIn(JSON.parse(text) as Parameters<typeof textsIn>[0])).map(
      (what) => `${name}: ${what}`,
    ),
  );
  expect(found).toEqual([]);
});

test('today’s workflows replay every one of them', async () => {
  expect(await refusedHistories(bundle, recordings)).toEqual({});
});
