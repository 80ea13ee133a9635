/** `payouts replay`, as a process of its own: histories of this server, by reference and in every form of file. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporal } from '@temporalio/proto';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import { findTemporalCli } from '../../src/dev/temporal-cli-finder';
import type { PayoutEvent, PayoutSnapshot } from '../../src/domain/payout-snapshot';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { testTemporalAddress } from '../support/payout-worker';
import { accepted, failed, read, scriptedProvider } from '../support/scripted-provider';
import { builtProgram } from '../support/built-program';
import { historyText } from './history-text';

const { EventType } = temporal.api.enums.v1;
const run = promisify(execFile);

type CliRun = { readonly code: number; readonly out: string; readonly err: string };

/** Without a worker on the payout's queue: nothing but this process could answer. */
function payouts(...args: string[]): Promise<CliRun> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [builtProgram(), 'replay', ...args],
      {
        env: { TEMPORAL_ADDRESS: testTemporalAddress(), TEMPORAL_NAMESPACE: 'default' },
        timeout: 120_000,
      },
      (_error, out, err) => done({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

type Replayed = {
  readonly replays: boolean;
  readonly runId: string;
  readonly events: number;
  readonly difference?: { readonly message: string; readonly eventId?: number };
  readonly snapshot: PayoutSnapshot;
  readonly timeline: readonly PayoutEvent[];
};
const replayed = ({ out }: CliRun): Replayed => JSON.parse(out) as Replayed;

let folder: string;
let harness: PayoutHarness;
let paid: StartedPayout;
let waiting: StartedPayout;
let timeline: readonly PayoutEvent[];
let result: PayoutSnapshot;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payouts-replay-command-'));
  harness = await startHarness(
    installationOf(
      scriptedProvider({
        submits: [failed('rate_limited'), accepted()],
        statuses: [read('paid', 'completed')],
      }),
    ),
  );
  paid = await harness.start(payoutRequest());
  result = (await paid.handle.result()) as PayoutSnapshot;
  timeline = await paid.timeline();
  waiting = await harness.start(payoutRequest({ amount: { value: '5000.00', side: 'source' } }));
  await waiting.untilStatus('awaiting-approval');
}, 120_000);

afterAll(async () => {
  await harness.stop();
  await rm(folder, { recursive: true, force: true });
});

const addressOf = ({ handle }: StartedPayout): string => handle.workflowId.replace(/^payout\//, '');

async function stored(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test('a run is fetched by its reference, replayed, and told as the worker tells it', async () => {
  const json = await payouts(addressOf(paid), '--json');
  expect({ code: json.code, err: json.err }).toEqual({ code: 0, err: '' });
  const { replays, snapshot, timeline: replayedTimeline, difference } = replayed(json);
  expect({ replays, difference }).toEqual({ replays: true });
  expect(replayedTimeline).toEqual(timeline);
  expect(snapshot).toEqual(result);

  const text = await payouts(paid.handle.workflowId);
  expect(text.code).toBe(0);
  expect(text.out).toMatch(/^replays\tyes, all \d+ events$/m);
  expect(text.out).toMatch(/^status\tpaid$/m);
  expect(text.out).toMatch(/^\d+\t[-0-9]{10} [:0-9]{8}Z\tsubmitting\tsend-refused\trate_limited/m);
}, 120_000);

test('a run that goes on is replayed up to where it stands', async () => {
  const json = await payouts(addressOf(waiting), '--json');
  expect(json.code).toBe(0);
  expect(replayed(json).snapshot).toEqual(await waiting.snapshot());
  expect(replayed(json).timeline).toEqual(await waiting.timeline());
}, 120_000);

test('a file is taken as our recorder and Temporal’s command line write it, in both forms of payloads', async () => {
  const { path } = await findTemporalCli({ say: () => undefined });
  const { workflowId } = paid.handle;
  const shown = async (...options: string[]): Promise<string> => {
    const where = ['--address', testTemporalAddress(), '--workflow-id', workflowId, '--output', 'json'];
    const { stdout } = await run(path, ['workflow', 'show', ...where, ...options], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
  const [short, whole] = await Promise.all([shown(), shown('--no-json-shorthand-payloads')]);
  const texts = { recorded: historyText(await paid.handle.fetchHistory()), short, whole };
  for (const [name, text] of Object.entries(texts)) {
    const json = await payouts(await stored(`${name}.json`, text), '--json');
    expect({ name, code: json.code, err: json.err }).toEqual({ name, code: 0, err: '' });
    expect(replayed(json)).toMatchObject({ replays: true, snapshot: result, timeline });
  }
}, 180_000);

test('a history that this version would not have made exits with 4 and says where it differs', async () => {
  const text = historyText(await paid.handle.fetchHistory());
  const path = await stored('other.json', text.replaceAll('"submitPayout"', '"payTwice"'));
  const json = await payouts(path, '--json');
  expect({ code: json.code, err: json.err }).toEqual({ code: 4, err: '' });
  expect(replayed(json)).toMatchObject({
    replays: false,
    difference: { message: 'the history has payTwice; this version does submitPayout there' },
  });
  // What came before is told all the same.
  expect(replayed(json).timeline.map(({ type }) => type)).toContain('screened');
  const plain = await payouts(path);
  expect(plain.code).toBe(4);
  expect(plain.out).toMatch(/^replays\tno\nfirst difference\tthe history has payTwice/m);
}, 120_000);

test('after a reset: the newest run, or an earlier one by its id; each as it was seen', async () => {
  const again = await harness.start(payoutRequest({ amount: { value: '6000.00', side: 'source' } }));
  await again.untilStatus('awaiting-approval');
  const { workflowId } = again.handle;
  const { runId: first } = await again.handle.describe();
  const { events } = await again.handle.fetchHistory();
  const finished = events?.find(
    ({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  );
  const { runId: second } = await harness.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId: first },
    workflowTaskFinishEventId: finished?.eventId ?? null,
    requestId: 'reset-of-the-replay-test',
    reason: 'test',
  });
  const newest = harness.client.workflow.getHandle(workflowId);
  let seen: PayoutSnapshot | undefined;
  while (seen?.status !== 'awaiting-approval') seen = await newest.query<PayoutSnapshot>('snapshot');
  // Nobody has asked yet what the run before it sent.
  expect(seen.moneyMoved).toBe('unknown');

  const after = replayed(await payouts(addressOf(again), '--json'));
  expect(after).toMatchObject({ replays: true, runId: second, snapshot: seen });
  const before = replayed(await payouts(addressOf(again), '--run-id', first, '--json'));
  expect(before).toMatchObject({ replays: true, runId: first, snapshot: { moneyMoved: 'no' } });
  await newest.terminate();
}, 180_000);

test('what is not there exits with 3, also a run of a payout that is', async () => {
  const missing = await payouts('acme/never-started');
  expect(missing.code).toBe(3);
  expect(missing.err).toContain(payoutWorkflowId({ tenant: 'acme', reference: 'never-started' }));
  const noRun = await payouts(addressOf(paid), '--run-id', '00000000-0000-4000-8000-000000000000', '--json');
  expect(noRun.code).toBe(3);
  expect(JSON.parse(noRun.err)).toMatchObject({ error: { code: 'payout_not_found' } });
}, 120_000);
