import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyText, textsIn } from './history-text';
import { realLookingData } from './personal-data';
import { addRecording, readRecording, recordingProblems } from './recordings';

describe('the folder of recordings', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'payouts-recordings-'));
    addRecording(folder, 'first', '{"events":[]}\n');
    addRecording(folder, 'second-0.2', '{"events":[1]}\n');
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, 'histories', name);

  it('is in order after each addition, and keeps the texts', () => {
    expect(recordingProblems(folder)).toEqual([]);
    expect(readRecording(folder, 'first')).toBe('{"events":[]}\n');
  });

  it('may be empty', async () => {
    await rm(join(folder, 'histories'), { recursive: true });
    await rm(join(folder, 'checksums.json'));
    expect(recordingProblems(folder)).toEqual([]);
  });

  it('notices a changed, a removed, an unlisted and a foreign file', async () => {
    await writeFile(path('first.json'), '{"events":[] }\n');
    await rm(path('second-0.2.json'));
    await writeFile(path('third.json'), '{}');
    await writeFile(path('notes.txt'), '');
    expect([...recordingProblems(folder)].sort()).toEqual([
      'first was changed after it was recorded',
      'notes.txt is no recording',
      'second-0.2 was recorded and is gone',
      'third is not in the checksums',
    ]);
  });

  it('never writes a recording again', async () => {
    expect(() => addRecording(folder, 'first', 'other')).toThrow('recorded already');
    await writeFile(path('unlisted.json'), 'kept');
    expect(() => addRecording(folder, 'unlisted', 'other')).toThrow('recorded already');
    expect(await readFile(path('unlisted.json'), 'utf8')).toBe('kept');
    // Not even after its file was removed.
    await rm(path('first.json'));
    expect(() => addRecording(folder, 'first', 'other')).toThrow('recorded already');
  });

  it.each(['', '../first', 'A', 'a b', 'a.json/', '.hidden'])('refuses the name %j', (name) => {
    expect(() => addRecording(folder, name, '')).toThrow('no name for a recording');
  });
});

const payload = (value: unknown, encoding = 'json/plain') => ({
  metadata: { encoding: Buffer.from(encoding).toString('base64') },
  data: Buffer.from(JSON.stringify(value)).toString('base64'),
});
type Json = Parameters<typeof textsIn>[0];
const scan = (value: unknown): readonly string[] => realLookingData(textsIn(value as Json));

describe('the search for real-looking data', () => {
  it.each([
    ['a name', { beneficiary: { name: 'Maria Garcia' } }],
    ['a name', { account_name: 'Maria Garcia' }],
    ['a name', { hits: [{ entry: '7', names: ['GARCIA, Maria', 'M. Garcia'] }] }],
    ['an account', { account: { accountNumber: '50100123456789' } }],
    ['an account', { cardNumber: '4929123412341234' }],
    ['an account', { address: 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8' }],
    ['an identity', { dateOfBirth: '1990-01-01' }],
    ['an e-mail address', { note: 'ask maria@gmail.com' }],
    ['an IP address', { ip: '8.8.4.4' }],
    ['a phone number', { note: '+639171234567' }],
    ['a card number', { note: '4929000000006' }],
    ['a long number', { note: 'to 50100123456' }],
    ['the name of a machine', { name: '42@laptop-payouts' }],
    ['a path of a machine', { message: ['at ', 'home', 'me', 'x.js'].join('/') }],
  ])('finds %s, plain, in a payload, and in a frozen body in a payload', (what, value) => {
    for (const hidden of [
      value,
      { input: payload(value) },
      { input: payload({ body: JSON.stringify(value) }) },
    ]) {
      expect(scan(hidden)).toEqual(expect.arrayContaining([expect.stringContaining(`: ${what} (`)]));
    }
  });

  it('lets invented people, example hosts, documentation addresses, keys and times pass', () => {
    expect(
      scan({
        beneficiary: { name: 'Juan dela Cruz', account: { accountNumber: '1000000004' } },
        payer: { email: 'payer@merchant.example', ipAddress: '203.0.113.10' },
        card: '4111111111111111',
        startedAt: 1_790_000_000_000,
        key: 'f'.repeat(64),
        keyAsUuid: '0b0e1c56-4bd1-4a3e-9d59-3f6f0b7c1d11',
      }),
    ).toEqual([]);
  });

  it('does not pass over what it cannot decode', () => {
    expect(() => scan({ input: payload({}, 'binary/encrypted') })).toThrow('binary/encrypted');
  });
});

it('a stored history names no machine', () => {
  const text = historyText({
    events: [
      {
        workflowTaskScheduledEventAttributes: { taskQueue: { name: '42@laptop-payouts-4f3c' } },
      },
      { workflowTaskStartedEventAttributes: { identity: '42@laptop' } },
      { activityTaskFailedEventAttributes: { failure: { stackTrace: 'at run (/x/y.js:1:2)' } } },
    ],
  });
  expect(text).not.toMatch(/laptop|y\.js/);
  expect(text).toContain('recorder');
});
