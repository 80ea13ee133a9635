import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPayoutClient } from '../../src/client/create-payout-client';
import { lockKept } from '../../src/dev/kept-lock';
import { keptPorts } from '../../src/dev/kept-ports';
import { openPayouts } from '../../src/dev/demo-payouts';
import type { PayoutSnapshot } from '../../src/domain/payout-snapshot';
import { builtProgram } from '../support/built-program';
import { eventually } from '../support/process-watch';

let folder: string;
let keep: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-kept-'));
  keep = join(folder, 'payouts.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a kept file belongs to one process', () => {
  test('until that one releases it, and nothing is left of the lock', () => {
    const lock = lockKept(keep);
    expect(() => lockKept(keep)).toThrow(
      expect.objectContaining({
        code: 'kept_in_use',
        message: expect.stringContaining(`process ${process.pid}`),
      }),
    );
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    lockKept(keep).release();
  });

  test('another file is free', () => {
    const locks = [lockKept(keep), lockKept(join(folder, 'other.db'))];
    for (const lock of locks) lock.release();
  });

  test.each([
    ['a process that is gone', { pid: 4_194_303, startedAt: '1', since: 'then' }],
    ['a number that belongs to another process by now', { pid: process.pid, startedAt: '1', since: 'then' }],
    ['nothing that can be read', undefined],
  ])('a lock of %s counts for nothing', (_who, holder) => {
    writeFileSync(`${keep}.lock`, holder === undefined ? '{"pid":' : JSON.stringify(holder));
    lockKept(keep).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a late release takes nobody else’s lock away', () => {
    const early = lockKept(keep);
    rmSync(`${keep}.lock`);
    const late = lockKept(keep);
    writeFileSync(`${keep}.lock`, readFileSync(`${keep}.lock`, 'utf8').replace('"since"', '"since" '));
    early.release();
    expect(existsSync(`${keep}.lock`)).toBe(true);
    late.release();
  });
});

describe('the ports of the simulated providers', () => {
  const names = ['pontis', 'payfield'] as const;

  test('are the same at the next start, and one that is new gets its own', async () => {
    const first = await keptPorts(keep, names);
    expect(first.pontis).not.toBe(first.payfield);
    const next = await keptPorts(keep, [...names, 'another']);
    expect(next).toMatchObject(first);
    expect(Object.values(first)).not.toContain(next.another);
  });

  test('a port that is taken is said, and none is chosen in its place', async () => {
    const { payfield } = await keptPorts(keep, names);
    const other = createServer().listen(payfield, '127.0.0.1');
    await once(other, 'listening');
    await expect(keptPorts(keep, names)).rejects.toMatchObject({
      code: 'kept_port_in_use',
      message: expect.stringMatching(new RegExp(`^Port ${payfield} on 127.0.0.1 is taken.* payfield there`)),
    });
    other.close();
    await once(other, 'close');
    expect(await keptPorts(keep, names)).toMatchObject({ payfield });
  });

  test.each(['', '[]x', '{"pontis":"7001"}', '{"pontis":0}'])('%j is refused', async (text) => {
    writeFileSync(`${keep}.ports.json`, text);
    await expect(keptPorts(keep, names)).rejects.toMatchObject({ code: 'kept_unreadable' });
  });
});

describe('dev --keep', () => {
  const processes: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of processes.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  type Addresses = {
    readonly temporal: string;
    readonly simulators: { readonly pontis: { readonly adminUrl: string } };
  };

  function dev(): { child: ChildProcess; said(): string; up(): Promise<Addresses>; end(): Promise<number> } {
    const child = spawn(process.execPath, [builtProgram(), 'dev', '--json', '--keep', keep], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    processes.push(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    const ended = once(child, 'close').then(([code]) => code as number);
    return {
      child,
      said: () => err,
      async up() {
        await eventually('it is up', () => {
          if (child.exitCode !== null) throw new Error(err);
          return out.includes('\n');
        });
        return JSON.parse(out) as Addresses;
      },
      end: async () => ended,
    };
  }

  test('a payout that waits for people goes on after a restart, and meanwhile the file is locked', async () => {
    const { tenant, reference } = openPayouts.waiting;
    const first = dev();
    const before = await first.up();
    const client = createPayoutClient({ address: before.temporal, env: {} });
    await client.start(openPayouts.waiting);
    await eventually(
      'it waits',
      async () => (await client.outcome({ tenant, reference })).status === 'awaiting-approval',
    );
    // Another one is at its provider, and settles after the restart.
    const sent = {
      ...openPayouts.waiting,
      reference: 'sent',
      amount: { value: '125.00', side: 'source' },
    } as const;
    const scripted = await fetch(`${before.simulators.pontis.adminUrl}/scripts`, {
      method: 'POST',
      body: JSON.stringify({
        match: { amount: '125.00' },
        steps: [
          { status: 'processing', afterMs: 0 },
          { status: 'completed', afterMs: 15_000 },
        ],
      }),
    });
    expect(scripted.status).toBeLessThan(300);
    await client.start(sent);
    await eventually(
      'it is sent',
      async () => (await client.outcome({ tenant, reference: 'sent' })).status === 'submitted',
    );
    await client.close();

    const second = dev();
    expect([await second.end(), second.said()]).toEqual([
      4,
      expect.stringContaining(`is in use by process ${first.child.pid}`),
    ]);

    // As a crash ends it: nobody removes the lock.
    first.child.kill('SIGKILL');
    await first.end();
    const third = dev();
    const after = await third.up();
    expect(after.simulators).toEqual(before.simulators);
    const again = createPayoutClient({ address: after.temporal, env: {} });
    // The workers of before the crash are remembered for minutes: only an answer shows that there is one.
    let approval: PayoutSnapshot['approval'];
    await eventually('its worker answers', async () => {
      ({ approval } = await again.get({ tenant, reference }).catch(() => ({ approval: undefined })));
      return approval !== undefined;
    });
    for (const by of ['alice', 'bob'])
      await again.decide({ tenant, reference, by, decision: 'approve', digest: approval?.digest ?? '' });
    await eventually('it is paid', async () => {
      const { status, heldReason } = await again.outcome({ tenant, reference });
      if (heldReason !== undefined) throw new Error(`held: ${heldReason}`);
      return status === 'paid';
    });
    await eventually('the other one is paid', async () => {
      const { status, heldReason } = await again.outcome({ tenant, reference: 'sent' });
      if (heldReason !== undefined) throw new Error(`held: ${heldReason}`);
      return status === 'paid';
    });
    const ledger = (await (await fetch(`${after.simulators.pontis.adminUrl}/ledger`)).json()) as object;
    expect(JSON.stringify(ledger).match(/"kind":"debit"/g)).toHaveLength(2);
    await again.close();
    third.child.kill('SIGTERM');
    expect(await third.end()).toBe(0);
    expect(existsSync(`${keep}.lock`)).toBe(false);
  });
});
