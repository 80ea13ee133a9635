import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultSpec } from '../../src/simulators/fault-spec';
import { createPayfieldCore } from '../../src/simulators/payfield/payfield-core';
import type { RunningSimulator, SimulatorServerOptions } from '../../src/simulators/simulator-server';
import { startSimulator } from '../../src/simulators/simulator-server';
import { createSyncgramCore } from '../../src/simulators/syncgram/syncgram-core';
import { payfieldOptions, payoutBody, signedHeaders } from './payfield-requests';
import type { RawExchange } from './raw-exchange';
import { exchange } from './raw-exchange';
import { syncgramOptions, withdrawalRequest } from './syncgram-requests';

/** The wall clock stands still, so that only the admin API moves time. */
const frozenAt = Date.parse('2026-01-05T10:00:00.000Z');

let running: RunningSimulator | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: Partial<SimulatorServerOptions> = {}): Promise<RunningSimulator> {
  running = await startSimulator({
    createCore: () => createPayfieldCore(payfieldOptions),
    clock: () => frozenAt,
    random: () => 0.9,
    ...options,
  });
  return running;
}

function submit(
  simulator: RunningSimulator,
  changes: Record<string, string> = {},
  patienceMs?: number,
): Promise<RawExchange> {
  const body = JSON.stringify({ ...payoutBody, ...changes });
  const headers = signedHeaders(body, new Date(simulator.now()).toISOString());
  return exchange(simulator.url, { method: 'POST', path: '/api/v1/payouts', headers, body }, patienceMs);
}

function readStatus(simulator: RunningSimulator): Promise<RawExchange> {
  const headers = signedHeaders('', new Date(simulator.now()).toISOString());
  return exchange(simulator.url, {
    method: 'GET',
    path: '/api/v1/payouts/PAY-BDT-001?shop_code=main',
    headers,
  });
}

async function startWith(
  fault: FaultSpec['fault'],
  rest: Omit<FaultSpec, 'fault'> = {},
): Promise<RunningSimulator> {
  const simulator = await start();
  simulator.simulator.addFault({ id: 'planned', match: { operation: 'submit' }, ...rest, fault });
  return simulator;
}

const statusOf = (result: RawExchange): number | undefined =>
  'status' in result ? result.status : undefined;
const textOf = (result: RawExchange): string => ('bytes' in result ? result.bytes.toString() : '');
const debitsAt = ({ simulator }: RunningSimulator): number =>
  simulator.ledger().filter(({ kind }) => kind === 'debit').length;

function expectFired(simulator: RunningSimulator, requestNumber = 1): void {
  expect(simulator.simulator.firedFaults()).toMatchObject([
    { faultId: 'planned', at: simulator.now(), requestNumber },
  ]);
}

describe('faults on real sockets', () => {
  it('does nothing to requests without a fault', async () => {
    const simulator = await start();
    const result = await submit(simulator);
    expect(result).toMatchObject({
      outcome: 'reply',
      status: 201,
      headers: { date: new Date(frozenAt).toUTCString(), 'content-type': 'application/json' },
    });
    expect(simulator.simulator.firedFaults()).toEqual([]);
  });

  it('refuse: before processing, with a reply of one’s own', async () => {
    const simulator = await startWith({
      kind: 'refuse',
      status: 418,
      body: { no: 'tea' },
      headers: { 'x-own': 'yes' },
    });
    const result = await submit(simulator);
    expect(result).toMatchObject({ status: 418, headers: { 'x-own': 'yes' } });
    expect(textOf(result)).toBe('{"no":"tea"}');
    expect(debitsAt(simulator)).toBe(0);
    expectFired(simulator);
    expect(statusOf(await submit(simulator))).toBe(201);
  });

  it('refuse: with a canned reply of the provider', async () => {
    const simulator = await startWith({ kind: 'refuse', canned: 'insufficient-funds' });
    const result = await submit(simulator);
    expect(statusOf(result)).toBe(422);
    expect(textOf(result)).toContain('Insufficient balance');
    expect(debitsAt(simulator)).toBe(0);
  });

  it.each([
    ['cut-after-processing', 1, 200],
    ['cut-before-processing', 0, 201],
  ] as const)('%s', async (kind, debits, replayStatus) => {
    const simulator = await startWith({ kind });
    expect(await submit(simulator)).toEqual({ outcome: 'cut' });
    expect(debitsAt(simulator)).toBe(debits);
    expectFired(simulator);
    expect(statusOf(await submit(simulator))).toBe(replayStatus);
    expect(debitsAt(simulator)).toBe(1);
  });

  it('commit-late: cut at once, processed when its time has come, however late for its signature', async () => {
    const simulator = await startWith({ kind: 'commit-late', afterMs: 600_000 });
    expect(await submit(simulator)).toEqual({ outcome: 'cut' });
    simulator.advanceClock(599_999);
    expect(debitsAt(simulator)).toBe(0);
    expect(statusOf(await readStatus(simulator))).toBe(404);
    expect(simulator.simulator.requests()[0]).not.toHaveProperty('processed');
    simulator.advanceClock(3_000);
    expect(simulator.simulator.ledger()).toMatchObject([{ at: frozenAt + 600_000 }]);
    expect(simulator.simulator.requests()[0]?.processed).toEqual({ at: frozenAt + 600_000, status: 201 });
    expect(textOf(await readStatus(simulator))).toContain('"status":"success"');
  });

  it('commit-late: the timer of the server executes it', async () => {
    const simulator = await start({ clock: Date.now });
    simulator.simulator.addFault({ fault: { kind: 'commit-late', afterMs: 20 } });
    expect(await submit(simulator)).toEqual({ outcome: 'cut' });
    expect(debitsAt(simulator)).toBe(0);
    await eventually(() => debitsAt(simulator) === 1);
  });

  it.each([true, false])('hang: silent until the caller leaves; processed: %p', async (processed) => {
    const simulator = await startWith({ kind: 'hang', processed });
    expect(await submit(simulator, {}, 60)).toEqual({ outcome: 'gave-up' });
    expect(debitsAt(simulator)).toBe(processed ? 1 : 0);
    expectFired(simulator);
  });

  it('hang: stopping the server ends it', async () => {
    const simulator = await startWith({ kind: 'hang' });
    const waiting = submit(simulator);
    await eventually(() => simulator.simulator.requests().length === 1);
    await simulator.stop();
    expect(await waiting).toEqual({ outcome: 'cut' });
  });

  it.each([
    [true, 503, 1],
    [false, 500, 0],
  ])('server-error: processed %p with %i', async (processed, status, debits) => {
    const simulator = await startWith({ kind: 'server-error', processed, status });
    expect(statusOf(await submit(simulator))).toBe(status);
    expect(debitsAt(simulator)).toBe(debits);
    expectFired(simulator);
  });

  it('server-error: with the page of a gateway', async () => {
    const simulator = await startWith({
      kind: 'server-error',
      processed: true,
      status: 502,
      body: '<h1>Bad</h1>',
    });
    const result = await submit(simulator);
    expect(result).toMatchObject({ status: 502, headers: { 'content-type': 'text/html' } });
    expect(textOf(result)).toBe('<h1>Bad</h1>');
  });

  it('truncated-json: the connection is lost in the middle of the body', async () => {
    const simulator = await startWith({ kind: 'truncated-json' });
    const result = await submit(simulator);
    expect(result).toMatchObject({ outcome: 'incomplete', status: 201 });
    expect(textOf(result)).toMatch(/^\{"id":10001/);
    expect(debitsAt(simulator)).toBe(1);
    expectFired(simulator);
  });

  it('truncated-json: the length fits, the JSON does not end', async () => {
    const simulator = await startWith({ kind: 'truncated-json', variant: 'valid-length' });
    const result = await submit(simulator);
    expect(result).toMatchObject({ outcome: 'reply', status: 201 });
    expect(() => JSON.parse(textOf(result)) as unknown).toThrow(SyntaxError);
    expect(debitsAt(simulator)).toBe(1);
  });

  it.each(['html', 'bytes'] as const)('garbage: %s with 200', async (content) => {
    const simulator = await startWith({ kind: 'garbage', content });
    const result = await submit(simulator);
    expect(result).toMatchObject({ outcome: 'reply', status: 200 });
    expect(() => JSON.parse(textOf(result)) as unknown).toThrow(SyntaxError);
    expect(debitsAt(simulator)).toBe(1);
    expectFired(simulator);
  });

  it('garbage: bytes are no UTF-8', async () => {
    const result = await submit(await startWith({ kind: 'garbage', content: 'bytes' }));
    expect(textOf(result)).toContain('\uFFFD');
  });

  it('oversized: exactly as large as told', async () => {
    const simulator = await startWith({ kind: 'oversized', processed: false });
    const result = await submit(simulator);
    expect('bytes' in result && result.bytes.length).toBe(10 * 1024 * 1024);
    expect(debitsAt(simulator)).toBe(0);
    expectFired(simulator);
  });

  it.each([true, false])('in-progress: 409, processed %p', async (processed) => {
    const simulator = await startWith({ kind: 'in-progress', processed });
    expect(statusOf(await submit(simulator))).toBe(409);
    expect(debitsAt(simulator)).toBe(processed ? 1 : 0);
    expectFired(simulator);
  });

  it.each(['7', 'Mon, 05 Jan 2026 10:05:00 GMT', undefined])(
    'rate-limited: retry-after %p',
    async (retryAfter) => {
      const simulator = await startWith({ kind: 'rate-limited', ...(retryAfter && { retryAfter }) });
      const result = await submit(simulator);
      expect(statusOf(result)).toBe(429);
      expect(result.outcome === 'reply' && result.headers['retry-after']).toBe(retryAfter);
      expect(debitsAt(simulator)).toBe(0);
    },
  );

  it('expired-token', async () => {
    const simulator = await startWith({ kind: 'expired-token' });
    expect(statusOf(await submit(simulator))).toBe(401);
    expect(debitsAt(simulator)).toBe(0);
    expectFired(simulator);
  });

  it('not-found-for count: hides a payout that exists so many times', async () => {
    const simulator = await startWith({ kind: 'not-found-for', count: 2 }, { match: { amount: '5000.00' } });
    expect(statusOf(await readStatus(simulator))).toBe(404);
    expect(simulator.simulator.firedFaults()).toEqual([]);
    expect(statusOf(await submit(simulator))).toBe(201);
    const reads = [await readStatus(simulator), await readStatus(simulator), await readStatus(simulator)];
    expect(reads.map(statusOf)).toEqual([404, 404, 200]);
    expect(simulator.simulator.firedFaults()).toHaveLength(2);
  });

  it('not-found-for ms: hides a payout from the first read on', async () => {
    const simulator = await startWith({ kind: 'not-found-for', ms: 5_000 }, { match: {} });
    expect(statusOf(await readStatus(simulator))).toBe(404);
    expect(simulator.simulator.firedFaults()).toEqual([]);
    await submit(simulator);
    simulator.advanceClock(10_000);
    expect(statusOf(await readStatus(simulator))).toBe(404);
    simulator.advanceClock(4_999);
    expect(statusOf(await readStatus(simulator))).toBe(404);
    simulator.advanceClock(1);
    expect(statusOf(await readStatus(simulator))).toBe(200);
  });

  it('latency: late reply of a request processed at once, also together with another fault', async () => {
    const simulator = await startWith({ kind: 'latency', ms: 40 }, { times: 2 });
    simulator.simulator.addFault({ nth: 2, fault: { kind: 'cut-after-processing' } });
    const beganAt = Date.now();
    const slow = submit(simulator);
    await eventually(() => debitsAt(simulator) === 1);
    expect(statusOf(await slow)).toBe(201);
    expect(Date.now() - beganAt).toBeGreaterThanOrEqual(38);
    expect(await submit(simulator)).toEqual({ outcome: 'cut' });
    expect(simulator.simulator.firedFaults().map(({ kind }) => kind)).toEqual([
      'latency',
      'latency',
      'cut-after-processing',
    ]);
  });
});

describe('the server', () => {
  it('refuses a body above 256 KB without processing it', async () => {
    const simulator = await start();
    expect(statusOf(await submit(simulator, { note: 'x'.repeat(256 * 1024) }))).toBe(413);
    expect(simulator.simulator.requests()).toEqual([]);
  });

  it('records requests without credentials and bodies', async () => {
    const simulator = await start();
    await submit(simulator);
    await submit(simulator);
    const records = simulator.simulator.requests();
    expect(records[0]).toMatchObject({
      number: 1,
      at: frozenAt,
      method: 'POST',
      path: '/api/v1/payouts',
      operation: 'submit',
      fields: { callerKey: 'PAY-BDT-001', amount: '5000.00' },
      connection: 'reply',
      repliedStatus: 201,
      faultIds: [],
    });
    expect(records[1]?.bodySha256).toBe(records[0]?.bodySha256);
    expect(JSON.stringify(records)).not.toMatch(/x-api-key|x-signature|authorization|merchant_user/);
  });

  it('delivers webhooks and counts those nobody takes', async () => {
    const received: { signature: unknown; body: string; timestamp: unknown }[] = [];
    const receiver = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { 'x-signature': signature, 'x-timestamp': timestamp } = incoming.headers;
        received.push({ signature, timestamp, body: Buffer.concat(chunks).toString() });
        response.statusCode = incoming.url === '/broken' ? 500 : 204;
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    const hook = `http://127.0.0.1:${port}`;
    const simulator = await start();
    await submit(simulator, { callback_url: `${hook}/hook` });
    await submit(simulator, { external_id: 'b', callback_url: `${hook}/broken` });
    await submit(simulator, { external_id: 'c', callback_url: 'http://127.0.0.1:1/closed' });
    simulator.advanceClock(1_000);
    const counts = () => exchange(simulator.url, { method: 'GET', path: '/_admin/webhooks' }).then(textOf);
    await eventually(async () => (await counts()) === '{"delivered":1,"failed":2}');
    const [{ body, timestamp, signature } = { body: '', timestamp: '', signature: '' }] = received;
    expect(signature).toBe(
      createHmac('sha256', 'webhook-secret')
        .update(`${String(timestamp)}${body}`)
        .digest('hex'),
    );
    await new Promise<void>((resolve) => {
      receiver.close(() => resolve());
      receiver.closeAllConnections();
    });
  });

  it('frees its port and refuses one that is taken', async () => {
    const simulator = await start();
    const port = Number(new URL(simulator.url).port);
    await expect(
      startSimulator({ createCore: () => createPayfieldCore(payfieldOptions), port }),
    ).rejects.toThrow(/EADDRINUSE/);
    await simulator.stop();
    await start({ port });
  });

  it('pays twice under a key older than 30 minutes of its own clock', async () => {
    const simulator = await start({ createCore: () => createSyncgramCore(syncgramOptions), clock: Date.now });
    const send = () => exchange(simulator.url, withdrawalRequest());
    const first = await send();
    expect(textOf(await send())).toBe(textOf(first));
    simulator.advanceClock(30 * 60_000);
    expect(textOf(await send())).not.toBe(textOf(first));
    expect(debitsAt(simulator)).toBe(2);
  });

  it('locks the key of a late commit unless told not to', async () => {
    const simulator = await start({ createCore: () => createSyncgramCore(syncgramOptions) });
    const send = () => exchange(simulator.url, withdrawalRequest());
    simulator.simulator.addFault({ fault: { kind: 'commit-late', afterMs: 5_000 } });
    expect(await send()).toEqual({ outcome: 'cut' });
    expect(statusOf(await send())).toBe(409);
    simulator.advanceClock(5_000);
    expect(statusOf(await send())).toBe(201);
    expect(debitsAt(simulator)).toBe(1);

    simulator.simulator.reset();
    const overtaken = { kind: 'commit-late', afterMs: 31 * 60_000, holdsKey: false } as const;
    simulator.simulator.addFault({ fault: overtaken });
    expect(await send()).toEqual({ outcome: 'cut' });
    expect(statusOf(await send())).toBe(201);
    simulator.advanceClock(31 * 60_000);
    expect(debitsAt(simulator)).toBe(2);
  });

  it('hides a withdrawal from the list too', async () => {
    const simulator = await start({ createCore: () => createSyncgramCore(syncgramOptions) });
    await exchange(simulator.url, withdrawalRequest());
    simulator.simulator.addFault({ fault: { kind: 'not-found-for', count: 1 } });
    const { headers } = withdrawalRequest();
    const list = () =>
      exchange(simulator.url, { method: 'GET', path: '/api/v1/payouts', headers }).then(textOf);
    expect(JSON.parse(await list())).toMatchObject({ data: [], total: 0 });
    expect(JSON.parse(await list())).toMatchObject({ data: [{ reference: 'ref-1' }], total: 1 });
  });
});

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
