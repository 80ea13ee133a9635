import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createPayoutClient } from '../../src/client';
import type { PayoutClient } from '../../src/client';
import { builtProgram } from '../support/built-program';
import { exampleRequest } from '../support/example-request';
import { testTemporalAddress, withPayoutWorker } from '../support/payout-worker';

/** `payouts` as a process, in a shell, against a real server: what signals and pipes do. */

let bin: string;
let connection: Connection;

beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'payouts-command-line-'));
  await writeFile(join(bin, 'payouts'), `#!/bin/sh\nexec "${process.execPath}" "${builtProgram()}" "$@"\n`, {
    mode: 0o755,
  });
  connection = await Connection.connect({ address: testTemporalAddress() });
});

afterAll(async () => {
  await connection.close();
  await rm(bin, { recursive: true, force: true });
});

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs a line of a shell. `seen` hears all of its output so far, and the process. */
async function shell(
  line: string,
  seen: (output: { readonly out: string; readonly err: string }, interrupt: () => void) => void = () =>
    undefined,
): Promise<Ended> {
  const child = spawn('sh', ['-c', line], {
    cwd: bin,
    // A group of its own, so that a signal reaches what Ctrl-C would reach.
    detached: true,
    env: {
      PATH: [bin, process.env['PATH']].join(delimiter),
      HOME: bin,
      TEMPORAL_ADDRESS: testTemporalAddress(),
      TEMPORAL_NAMESPACE: 'default',
    },
  });
  const output = { out: '', err: '' };
  let isInterrupted = false;
  // Once: the second Ctrl-C ends it the hard way.
  const interrupt = (): void => {
    if (!isInterrupted && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    isInterrupted = true;
  };
  const hear = (name: 'out' | 'err') => (chunk: Buffer) => {
    output[name] += chunk.toString();
    seen(output, interrupt);
  };
  child.stdout.on('data', hear('out'));
  child.stderr.on('data', hear('err'));
  return new Promise((done) => child.on('close', (code) => done({ code, ...output })));
}

async function withWaitingPayout(
  test: (payout: string, client: PayoutClient, taskQueue: string) => Promise<void>,
): Promise<void> {
  await withPayoutWorker({ approvals: 2 }, async ({ taskQueue }) => {
    const client = createPayoutClient({ client: new Client({ connection }), taskQueue });
    const { tenant, reference } = exampleRequest({ reference: `line-${randomUUID()}`, requestedBy: 'dora' });
    await client.start(exampleRequest({ reference, requestedBy: 'dora' }));
    for (
      let tries = 0;
      (await client.outcome({ tenant, reference })).status !== 'awaiting-approval';
      tries += 1
    ) {
      if (tries > 400) throw new Error('it never waited for approval');
      await new Promise((wait) => setTimeout(wait, 25));
    }
    await test(`${tenant}/${reference}`, client, taskQueue);
  });
}

test('watch ends at Ctrl-C with 130, and says the number to go on from', async () => {
  await withWaitingPayout(async (payout, client) => {
    const { code, out, err } = await shell(`exec payouts watch ${payout}`, ({ out: soFar }, interrupt) => {
      if (soFar.includes('approval-requested')) interrupt();
    });
    const last = Number(/^(\d+)\t/.exec(out.trimEnd().split('\n').at(-1) ?? '')?.[1]);
    expect({ code, last: last > 0 }).toEqual({ code: 130, last: true });
    expect(err).toContain(`--after ${last}:`);
    expect(err).not.toContain('Nobody polls');
    const [tenant = '', reference = ''] = payout.split('/');
    await client.cancel({ tenant, reference, by: 'dana' });
    const rest = await shell(`payouts watch ${payout} --json --after ${last}`);
    const seqs = rest.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { seq: number }).seq);
    expect({ code: rest.code, first: seqs[0] }).toEqual({ code: 0, first: last + 1 });
  });
}, 120_000);

test('watch ends when its reader does, although nothing happens to the payout', async () => {
  await withWaitingPayout(async (payout, client) => {
    const [tenant = '', reference = ''] = payout.split('/');
    const { events } = await client.get({ tenant, reference });
    // The reader takes all that there is: nothing is left to write that would tell.
    const { code, out, err } = await shell(`payouts watch ${payout} | head -n ${events}`);
    expect({ code, lines: out.trimEnd().split('\n').length, err }).toEqual({
      code: 0,
      lines: events,
      err: '',
    });
    expect(await shell(`payouts watch ${payout} | head -n 1`)).toMatchObject({ code: 0, err: '' });
    expect(await shell(`payouts list --limit 200 --json | head -n 1`)).toMatchObject({ code: 0, err: '' });
    expect(await shell(`payouts --help | head -n 1`)).toMatchObject({ code: 0, err: '' });
  });
}, 120_000);

test('start and watch say at once that nobody polls; workers says who does', async () => {
  const queue = `nobody-${randomUUID()}`;
  const request = exampleRequest({ reference: `line-${randomUUID()}`, requestedBy: 'dora' });
  await writeFile(join(bin, 'request.json'), JSON.stringify(request));
  const started = await shell(`payouts start request.json --task-queue ${queue}`);
  expect(started).toMatchObject({
    code: 0,
    err: expect.stringContaining(`Nobody polls task queue ${queue}`),
  });
  // It waits in the queue that it was started on, whatever the command's own is.
  const watched = await shell(
    `exec payouts watch ${request.tenant}/${request.reference}`,
    ({ err }, interrupt) => {
      if (err.includes('Nobody polls')) interrupt();
    },
  );
  expect(watched).toMatchObject({
    code: 130,
    err: expect.stringContaining(`Nobody polls task queue ${queue}`),
  });
  expect(await shell(`payouts workers --payout ${request.tenant}/${request.reference}`)).toMatchObject({
    code: 5,
    err: expect.stringContaining(queue),
  });
  await withWaitingPayout(async (payout, _, taskQueue) => {
    const { code, out } = await shell(`payouts workers --payout ${payout} --json`);
    const { polled, workers } = JSON.parse(out) as Awaited<ReturnType<PayoutClient['workers']>>;
    expect({ code, polled }).toEqual({ code: 0, polled: true });
    expect(workers).toEqual([
      expect.objectContaining({
        identity: expect.stringMatching(/^acme-1\/0\.1\.0\+source\//),
        installation: 'acme-1',
        version: '0.1.0',
        build: 'source',
        asksFor: ['workflow', 'activity'],
      }),
    ]);
    expect((await shell(`payouts workers --task-queue ${taskQueue}`)).out).toContain(
      'yes\tworkflow, activity\t',
    );
  });
}, 120_000);

test('list shows amounts, who may decide and until when, and what one person may decide', async () => {
  await withWaitingPayout(async (payout, client) => {
    const [tenant = '', reference = ''] = payout.split('/');
    const lineOf = (text: string): string | undefined =>
      text.split('\n').find((line) => line.includes(reference));
    for (let tries = 0, found = false; !found; tries += 1) {
      if (tries > 200) throw new Error('lists never showed it');
      for await (const listed of client.list({ tenant, status: 'awaiting-approval' }))
        found ||= listed.reference === reference;
    }
    const { out } = await shell('payouts list --status awaiting-approval --since 10m --limit 20');
    expect(lineOf(out)).toMatch(
      /\tawaiting-approval\t-\t[\d.]+ [A-Z]+\t[a-z-]+\t\d+s\talice, bob\t-\tin \d+[hdm]\t/,
    );
    expect(lineOf((await shell('payouts list --mine alice --since 10m')).out)).toBeDefined();
    expect(lineOf((await shell('payouts list --mine dora --since 10m')).out)).toBeUndefined();
  });
}, 120_000);
