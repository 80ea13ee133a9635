import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { createPayoutClient } from '../../src/client';
import type { PayoutClient } from '../../src/client';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { findTemporalCli } from '../../src/dev/temporal-cli-finder';
import { builtProgram } from '../support/built-program';
import { exampleRequest } from '../support/example-request';
import type { ScriptedPayouts } from '../support/payout-worker';
import { startPayoutWorker, testTemporalAddress, withPayoutWorker } from '../support/payout-worker';

/** The commands of docs/operations.md, run as they are printed: by a shell, with `temporal` and `payouts` on its PATH. */

const root = resolve(__dirname, '../..');
const run = promisify(execFile);
const commands = new Map<string, string>();
const tried = new Set<string>();
let bin: string;
let connection: Connection;

beforeAll(async () => {
  const document = await readFile(join(root, 'docs/operations.md'), 'utf8');
  for (const [, name = '', text = ''] of document.matchAll(/^```sh name=(\S+)\n([^]*?)^```$/gm)) {
    commands.set(name, text);
  }
  bin = await mkdtemp(join(tmpdir(), 'payouts-operations-'));
  const { path } = await findTemporalCli({ say: () => undefined });
  await symlink(path, join(bin, 'temporal'));
  await writeFile(join(bin, 'payouts'), `#!/bin/sh\nexec "${process.execPath}" "${builtProgram()}" "$@"\n`, {
    mode: 0o755,
  });
  connection = await Connection.connect({ address: testTemporalAddress() });
}, 120_000);

afterAll(async () => {
  await connection.close();
  await rm(bin, { recursive: true, force: true });
});

type Payout = { readonly tenant: string; readonly reference: string };

/** Runs a block for a payout of this test; stops at the first command that fails. */
async function tryCommands(name: string, { reference }: Payout, digest = ''): Promise<string> {
  const text = commands.get(name);
  if (text === undefined) throw new Error(`docs/operations.md has no block ${name}`);
  tried.add(name);
  const script = text
    .replaceAll('order-17', reference)
    .replaceAll('DIGEST', digest)
    .replaceAll('PROPOSAL', digest);
  const { stdout } = await run('sh', ['-euc', script], {
    cwd: bin,
    env: {
      PATH: [bin, process.env['PATH']].join(delimiter),
      HOME: bin,
      TEMPORAL_ADDRESS: testTemporalAddress(),
      TEMPORAL_NAMESPACE: 'default',
    },
    timeout: 60_000,
  });
  return stdout;
}

async function withPayout(
  script: ScriptedPayouts,
  test: (payout: Payout, client: PayoutClient) => Promise<void>,
): Promise<void> {
  await withPayoutWorker(script, async ({ taskQueue }) => {
    const client = createPayoutClient({ client: new Client({ connection }), taskQueue });
    // The documents' operators are dana and erin: who asked for the payout is neither.
    const payout = exampleRequest({ reference: `ops-${randomUUID()}`, requestedBy: 'dora' });
    await client.start(payout);
    await test(payout, client);
  });
}

const until = async (seen: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await seen()) return;
    await new Promise((wait) => setTimeout(wait, 50));
  }
  throw new Error('never seen');
};

/** Waits for the approval, and until lists know the payout. */
async function waiting(client: PayoutClient, payout: Payout): Promise<string> {
  await until(async () => (await client.outcome({ ...payout, timeoutMs: 0 })).status === 'awaiting-approval');
  await listed(client, payout);
  return (await client.get(payout)).approval?.digest ?? '';
}

async function listed(client: PayoutClient, { reference }: Payout, held?: true): Promise<void> {
  await until(async () => {
    for await (const found of client.list({ ...(held && { held }) })) {
      if (found.reference === reference) return true;
    }
    return false;
  });
}

test('a payout that waits can be found, read and approved, by Update and by Signal', async () => {
  await withPayout({ approvals: 2, status: 'paid' }, async (payout, client) => {
    const digest = await waiting(client, payout);

    expect(await tryCommands('payouts-list', payout)).toContain(payout.reference);
    // Payouts of other tests have no worker any more: then the answer is incomplete, and the exit code says so.
    const mine = await tryCommands('payouts-mine', payout).catch(
      ({ code, stdout }: { readonly code: number; readonly stdout: string }) => {
        expect(code).toBe(5);
        return stdout;
      },
    );
    expect(mine).toContain(payout.reference);
    expect(await tryCommands('payouts-workers', payout)).toContain('workflow, activity');
    expect(await tryCommands('temporal-list', payout)).toContain(`payout/acme/${payout.reference}`);
    expect(await tryCommands('payouts-show', payout)).toContain(digest);
    const shown = await tryCommands('temporal-show', payout);
    expect(shown).toContain('"status":"awaiting-approval"');
    expect(shown).toContain('"type":"approval-requested"');
    expect(shown).toContain('Waiting for people to approve.');
    // Of the three last, the masked query, the one that was asked to reveal, and the details.
    expect(shown.match(/"value":"••••5678"/g)).toHaveLength(1);
    expect(shown.match(/"value":"0012345678"/g)).toHaveLength(1);
    expect(shown).toContain('account number `••••5678`');
    await tryCommands('temporal-hint', payout);

    expect(await tryCommands('temporal-approve-by-update', payout, digest)).toContain('approvals:1');
    await tryCommands('temporal-approve-by-signal', payout, digest);
    const { status } = await client.outcome({ ...payout, timeoutMs: 30_000 });
    expect(status).toBe('paid');
    const replayed = await tryCommands('payouts-replay', payout);
    expect(replayed.match(/^replays\s+yes, all \d+ events$/gm)).toHaveLength(2);
    expect(replayed).toContain('approval-decided');
    const decided = (await client.timeline(payout)).filter(({ type }) => type === 'approval-decided');
    expect(decided.map(({ by }) => by)).toEqual(['alice', 'bob']);
    expect(await tryCommands('temporal-pollers', payout)).toContain('Pollers');
  });
}, 180_000);

test('approval by payouts, and a decision that does not count is refused with its reason', async () => {
  await withPayout({ approvals: 2 }, async (payout, client) => {
    const digest = await waiting(client, payout);
    const approved = await tryCommands('payouts-approve', payout, digest);
    expect(approved).toMatch(/^payee\s+Beatriz Santos$/m);
    expect(approved).not.toContain('0012345678');
    expect(approved).toContain('1 of 2 approvals');
    await expect(tryCommands('temporal-approve-by-update', payout, 'another')).rejects.toMatchObject({
      stderr: expect.stringContaining('digest_mismatch'),
    });
    await tryCommands('temporal-approve-by-signal', payout, 'another');
    await until(async () => (await client.timeline(payout)).some(({ type }) => type === 'approval-refused'));
  });
}, 180_000);

test('approval with a token, where it is looked for in a list', async () => {
  await withPayout({ approvals: 2 }, async (payout, client) => {
    await waiting(client, payout);
    expect(await tryCommands('payouts-waiting', payout)).toContain(payout.reference);
    await run(join(bin, 'payouts'), ['token', '--new-key', 'dev-key.json'], { cwd: bin });
    expect(await tryCommands('payouts-approve-proven', payout)).toContain('1 of 2 approvals');
  });
}, 180_000);

test('a similar name is let go by a person with a reason', async () => {
  await withPayout({ screening: 'possible' }, async (payout, client) => {
    await listed(client, payout, true);
    const reviewed = await tryCommands('payouts-review', payout);
    expect(reviewed).toContain(payout.reference);
    expect(reviewed).toMatch(/^listed\s+TESTPERSON, Beatriz – test list 7, similar-name 0.91$/m);
    expect(reviewed).toContain('1 of 2 approvals');
    const decided = (await client.timeline(payout)).find(({ type }) => type === 'approval-decided');
    expect(decided).toMatchObject({ by: 'farid', note: 'another date of birth' });
  });
}, 180_000);

test.each(['payouts-recall', 'temporal-recall'])(
  '%s is for whoever asked',
  async (name) => {
    await withPayout({ approvals: 1 }, async (payout, client) => {
      await waiting(client, payout);
      expect(await tryCommands(name, payout)).toContain('cancelled');
      expect(await client.get(payout)).toMatchObject({ status: 'cancelled', reason: 'recalled' });
    });
  },
  180_000,
);

test('a request is checked before it is started', async () => {
  // This command names no queue: this worker listens where the documents say that workers do.
  const worker = await startPayoutWorker({}, 'payouts');
  try {
    const request = exampleRequest({ reference: `ops-${randomUUID()}` });
    await writeFile(join(bin, 'request.json'), JSON.stringify(request));
    const checked = await tryCommands('payouts-check', request);
    expect(checked).toMatch(/^verdict\s+it would be started$/m);
    expect(checked).toMatch(/^account\s+pontis-main \(pontis, sandbox\)$/m);
    const client = createPayoutClient({ client: new Client({ connection }) });
    await expect(client.get(request)).rejects.toMatchObject({ code: 'payout_not_found' });
  } finally {
    await worker.stop();
  }
}, 180_000);

test('an edit recalls, and starts another payout in its place', async () => {
  await withPayout({ approvals: 1 }, async (payout, client) => {
    await waiting(client, payout);
    const next = exampleRequest({ reference: `${payout.reference}-b`, requestedBy: 'dora' });
    await writeFile(join(bin, 'new-request.json'), JSON.stringify(next));
    try {
      const shown = await tryCommands('payouts-edit', payout);
      expect(shown).toContain(`acme/${next.reference} takes its place`);
      expect(shown).toMatch(new RegExp(`^replaced by\\s+${next.reference}$`, 'm'));
    } finally {
      // It was started where the documents say that workers listen, and no worker of this test does.
      await new Client({ connection }).workflow.getHandle(payoutWorkflowId(next)).terminate();
    }
  });
}, 180_000);

test.each(['payouts-cancel', 'temporal-cancel-by-update', 'temporal-cancel'])(
  '%s cancels what waits',
  async (name) => {
    await withPayout({ approvals: 1 }, async (payout, client) => {
      await waiting(client, payout);
      const answer = await tryCommands(name, payout);
      if (name !== 'temporal-cancel') expect(answer).toContain('cancelled');
      expect((await client.outcome({ ...payout, timeoutMs: 30_000 })).status).toBe('cancelled');
    });
  },
  180_000,
);

test('a held payout says why, and can be resumed', async () => {
  await withPayout({ submit: 'insufficient-funds' }, async (payout, client) => {
    const isHeld = async (): Promise<boolean> =>
      (await client.outcome({ ...payout, timeoutMs: 0 })).heldReason === 'insufficient_funds';
    await until(isHeld);
    await listed(client, payout, true);
    const why = await tryCommands('payouts-held', payout);
    expect(why).toContain('insufficient_funds');
    expect(why).toContain('treasury');
    const details = await tryCommands('temporal-held', payout);
    expect(details).toContain(payout.reference);
    expect(details).toContain('Top the provider account up, then resume');
    expect(await tryCommands('payouts-resume', payout)).toContain('insufficient_funds');
    await until(
      async () => (await client.timeline(payout)).filter(({ type }) => type === 'held').length === 2,
    );
    expect(await tryCommands('temporal-resume', payout)).toContain('insufficient_funds');
  });
}, 180_000);

test('an unknown outcome is resolved by two people, with payouts and with Temporal alone', async () => {
  await withPayout({ submit: 'lost' }, async (payout, client) => {
    const isHeld = async (): Promise<boolean> =>
      (await client.outcome({ ...payout, timeoutMs: 0 })).heldReason === 'outcome_unknown';
    await until(isHeld);
    expect(await tryCommands('payouts-keep-waiting', payout)).toContain('waits on');
    expect(await tryCommands('payouts-adopt', payout)).toContain('A second person confirms it');
    const adoption = (await client.get(payout)).resolution?.proposal ?? '';
    await client.resolve({ ...payout, by: 'erin', action: 'reject', proposal: adoption });
    expect(await tryCommands('payouts-never-accepted', payout)).toContain('A second person confirms it');
    const { resolution } = await client.get(payout);
    expect(await tryCommands('payouts-confirm', payout, resolution?.proposal)).toContain('ended as failed');
    expect(await client.outcome({ ...payout, timeoutMs: 30_000 })).toMatchObject({ status: 'failed' });
  });
  await withPayout({ submit: 'lost' }, async (payout, client) => {
    await until(async () => (await client.get(payout)).held?.reason === 'outcome_unknown');
    expect(await tryCommands('temporal-never-accepted', payout)).toContain('proposed');
    const { resolution } = await client.get(payout);
    expect(await tryCommands('temporal-confirm', payout, resolution?.proposal)).toContain('ended');
    expect(await client.outcome({ ...payout, timeoutMs: 30_000 })).toMatchObject({ status: 'failed' });
  });
}, 180_000);

async function isListed(client: PayoutClient): Promise<boolean> {
  for await (const { account } of client.accounts()) if (account === 'pontis-main') return true;
  return false;
}

test('a provider account is paused, shown and resumed', async () => {
  // These commands name no queue: this worker listens where the documents say that workers do.
  const worker = await startPayoutWorker({ submit: 'account-paused' }, 'payouts');
  try {
    const client = createPayoutClient({ client: new Client({ connection }) });
    const payout = exampleRequest({ reference: `ops-${randomUUID()}` });
    await client.start(payout);
    await until(async () => (await client.get(payout)).held?.reason === 'account_paused');
    await listed(client, payout, true);
    await client.pauseAccount({ account: 'pontis-main', by: 'dana', reason: 'before the test' });
    await until(async () => await isListed(client));
    const shown = await tryCommands('payouts-pause', payout);
    expect(shown).toContain('provider incident 12');
    expect(shown).toContain(payout.reference);
    expect(await tryCommands('temporal-accounts', payout)).toContain('accountWorkflow');
    expect(await tryCommands('payouts-resume-account', payout)).toContain('tried again now');
    await client.cancel({ ...payout, by: 'dana' });
  } finally {
    await worker.stop();
  }
}, 180_000);

test('a provider account is said to be topped up', async () => {
  const worker = await startPayoutWorker({ submit: 'insufficient-funds' }, 'payouts');
  try {
    const client = createPayoutClient({ client: new Client({ connection }) });
    const payout = exampleRequest({ reference: `ops-${randomUUID()}` });
    await client.start(payout);
    await until(async () => (await client.get(payout)).held?.reason === 'insufficient_funds');
    await listed(client, payout, true);
    const answer = await tryCommands('payouts-topup', payout);
    expect(answer).toContain(payout.reference);
    expect(answer).toContain('tried again now');
    await tryCommands('temporal-topup', payout);
    expect(await tryCommands('temporal-topup-by-update', payout)).toContain('paused');
    await client.cancel({ ...payout, by: 'dana' });
  } finally {
    await worker.stop();
  }
}, 180_000);

test('every command of the document that names itself was tried', () => {
  expect([...commands.keys()].filter((name) => !tried.has(name))).toEqual([]);
  expect(commands.size).toBeGreaterThan(12);
});
