import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { builtProgram } from '../support/built-program';

/** The commands of docs/simulators.md, run as they are printed, in a shell that has what `payouts dev` prints. */

const root = resolve(__dirname, '../..');
const cli = builtProgram();
const run = promisify(execFile);
const commands = new Map<string, string>();
const tried = new Set<string>();
let bin: string;
let dev: ChildProcess;
let pasted: string;

beforeAll(async () => {
  const document = await readFile(join(root, 'docs/simulators.md'), 'utf8');
  for (const [, name = '', text = ''] of document.matchAll(/^```sh name=(\S+)\n([^]*?)^```$/gm)) {
    commands.set(name, text);
  }
  bin = await mkdtemp(join(tmpdir(), 'payouts-simulators-'));
  await writeFile(join(bin, 'payouts'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`, {
    mode: 0o755,
  });
  dev = spawn(process.execPath, [cli, 'dev'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  dev.stdout?.on('data', (text) => (printed += String(text)));
  while (!printed.includes('Ctrl-C')) {
    if (dev.exitCode !== null) throw new Error(`payouts dev ended with ${dev.exitCode}`);
    await new Promise((wait) => setTimeout(wait, 100));
  }
  pasted = printed
    .split('\n')
    .filter((line) => /^ {2}(export|alias) /.test(line))
    .join('\n');
}, 120_000);

afterAll(async () => {
  if (dev.exitCode === null) {
    dev.kill('SIGTERM');
    await once(dev, 'exit');
  }
  await rm(bin, { recursive: true, force: true });
}, 60_000);

const shell = async (script: string): Promise<string> =>
  (
    await run('sh', ['-euc', `${pasted}\n${script}`], {
      cwd: root,
      env: { PATH: [bin, process.env['PATH']].join(delimiter), HOME: bin },
      timeout: 90_000,
    })
  ).stdout;

async function tryCommands(name: string, words: Readonly<Record<string, string>> = {}): Promise<string> {
  const text = commands.get(name);
  if (text === undefined) throw new Error(`docs/simulators.md has no block ${name}`);
  tried.add(name);
  return shell(Object.entries(words).reduce((script, [word, value]) => script.replaceAll(word, value), text));
}

async function untilShown(reference: string, fact: string): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const shown = await shell(`payouts show acme/${reference}`);
    if (shown.includes(fact)) return shown;
    await new Promise((wait) => setTimeout(wait, 200));
  }
  throw new Error(`${reference} never showed ${fact}`);
}

async function providerId(admin: string, amount: string): Promise<string> {
  const { payouts } = JSON.parse(await shell(`curl -s ${admin}/payouts`)) as {
    readonly payouts: readonly { readonly amount: string; readonly providerPayoutId: string }[];
  };
  return payouts.find((payout) => payout.amount === amount)?.providerPayoutId ?? '';
}

test('what `payouts dev` prints leads to the temporal that it uses', async () => {
  expect(await shell('temporal --version')).toContain('temporal version');
});

test('the admin API shows itself, ledger, payouts and requests', async () => {
  const shown = await tryCommands('look');
  for (const word of ['"resources"', '"entries"', '"payouts"', '"requests"']) expect(shown).toContain(word);
});

test('a lost reply is found out', async () => {
  const watched = await tryCommands('lost-reply');
  expect(watched).toContain('outcome-unknown');
  expect(watched.trimEnd()).toMatch(/\tpaid\tstatus-changed$/);
});

test('what is unknown at Pontis is adopted by two people', async () => {
  await tryCommands('unknown-pontis');
  await untilShown('unknown-pontis', 'status\tunconfirmed');
  expect(await tryCommands('cancel-pontis')).toContain('not known');
  expect(await untilShown('unknown-pontis', 'held: outcome_unknown')).toContain('money moved\tunknown');
  const proposed = await tryCommands('adopt-pontis', { PROVIDER_ID: await providerId('$PONTIS', '131.00') });
  const proposal = /--confirm (\S+)/.exec(proposed)?.[1] ?? '';
  expect(await tryCommands('confirm-pontis', { PROPOSAL: proposal })).toContain('adopted as');
});

test('what is unknown at Syncgram Pay is adopted by one', async () => {
  await tryCommands('unknown-syncgram');
  await untilShown('unknown-syncgram', 'status\tunconfirmed');
  const adopted = await tryCommands('adopt-syncgram', {
    PROVIDER_ID: await providerId('$SYNCGRAM', '112.00'),
  });
  expect(adopted).toContain('adopted as');
});

test('what is unknown at Payfield is found when reads work again', async () => {
  await tryCommands('unknown-payfield');
  await untilShown('unknown-payfield', 'status\tunconfirmed');
  expect(await tryCommands('found-payfield')).toContain('looked-up\tfound');
});

test('a payout without money waits, and is paid after the top-up', async () => {
  await tryCommands('insufficient-funds');
  await untilShown('poor', 'held: insufficient_funds');
  expect((await tryCommands('top-up')).trimEnd()).toMatch(/\tpaid\tstatus-changed$/);
});

test('money comes back, never arrives, or needs no fault to be interesting', async () => {
  await tryCommands('overdue');
  expect(await tryCommands('reversed')).toContain('returned');
  expect(await tryCommands('without-faults')).toContain('acme/approve-me');
  await untilShown('fails', 'status\tfailed');
  await untilShown('approve-me', 'status\tawaiting-approval');
  await untilShown('listed', 'status\trejected');
  expect(await untilShown('overdue', 'status\tsubmitted')).toContain('money moved\tunknown');
});

test('every command of the document that names itself was tried', () => {
  expect([...commands.keys()].filter((name) => !tried.has(name))).toEqual([]);
});
