import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators } from '../../src/simulators/start-simulators';
import type { RunningSimulators } from '../../src/simulators/start-simulators';

let folder: string;
let keptIn: string;
const running: RunningSimulators[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payouts-kept-simulator-'));
  keptIn = join(folder, 'kept');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (all) => all.stop()));
  rmSync(folder, { recursive: true });
});

async function start(): Promise<RunningSimulators> {
  const all = await startSimulators({ keptIn });
  running.push(all);
  return all;
}

const save = async ({ syncgram }: RunningSimulators): Promise<string> => {
  const reply = await fetch(`${syncgram.url}/api/v1/payouts/destinations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${syncgram.credentials.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'bank_account',
      account_number: '0123456787',
      account_name: 'Ngozi Okafor',
      bank_code: '058',
    }),
  });
  return ((await reply.json()) as { readonly id: string }).id;
};
const known = ({ syncgram: { simulator } }: RunningSimulators): object => ({
  requests: simulator.requests(),
  faults: simulator.plannedFaults(),
  ledger: simulator.ledger(),
  payouts: simulator.payouts(),
});

test('a simulator knows after a restart what it knew before, chance included, and so the second time', async () => {
  const first = await start();
  const id = await save(first);
  first.syncgram.simulator.addFault({
    match: { operation: 'submit' },
    fault: { kind: 'hang', processed: false },
  });
  const before = known(first);
  await first.stop();
  const second = await start();
  expect(known(second)).toEqual(before);
  const other = await save(second);
  expect(other).not.toBe(id);
  const later = known(second);
  await second.stop();
  expect(known(await start())).toEqual(later);
});

test('a reset is kept, and a clock that was moved ahead does not go back', async () => {
  const first = await start();
  await save(first);
  first.syncgram.simulator.reset();
  first.pontis.advanceClock(3_600_000);
  const now = first.pontis.now();
  await first.stop();
  const second = await start();
  expect(second.syncgram.simulator.requests()).toEqual([]);
  expect(second.pontis.now()).toBeGreaterThanOrEqual(now);
});

test('a line that a kill cut off is left out, and what comes after it is kept', async () => {
  const first = await start();
  await save(first);
  const before = known(first);
  await first.stop();
  const file = `${keptIn}.syncgram.jsonl`;
  appendFileSync(file, '{"kind":"handle","request":{"meth');
  const second = await start();
  expect(known(second)).toEqual(before);
  await save(second);
  const later = known(second);
  await second.stop();
  expect(readFileSync(file, 'utf8')).not.toContain('"meth{');
  expect(known(await start())).toEqual(later);
});

test('a file that is not ours is refused by name, and nothing stays up', async () => {
  writeFileSync(`${keptIn}.payfield.jsonl`, 'hello\n');
  await expect(start()).rejects.toThrow(`${keptIn}.payfield.jsonl is not what this version`);
});

test('without a file nothing is written', async () => {
  const all = await startSimulators();
  running.push(all);
  await save(all);
  expect(existsSync(`${keptIn}.syncgram.jsonl`)).toBe(false);
});
