import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SendFailure } from '../../../src/http/sender';
import type { HttpReply, HttpRequest, Sender, SendOptions } from '../../../src/http/sender';
import { createUndiciSender } from '../../../src/http/undici-sender';
import { startRawServer } from '../../http/raw-server';
import { outcomes } from '../expectations/submit-cases';
import type { Outcome } from '../expectations/submit-cases';
import { badDay } from './fault-classes';
import { stageProvider } from './provider-stage';
import { intentOf } from './simulated-accounts';
import { readLedgers } from './oracle';
import type { CallPoint } from './virtual-network';

const request: HttpRequest = {
  method: 'POST',
  url: 'https://nothing.example/payouts',
  headers: { authorization: 'Bearer fake-nothing-token', 'content-type': 'application/json' },
  body: JSON.stringify({ reference: 'r', amount: '1.00', currency: 'EUR', account: '1' }),
};
const options: SendOptions = { timeoutMs: 30_000, maxReplyBytes: 64 * 1024 };

/** What a call ends with: the reply, or `code, written`. */
async function endOf(call: Promise<HttpReply>): Promise<string> {
  try {
    return `reply ${(await call).status}`;
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error;
    return `${error.code}, ${error.written ? 'written' : 'not written'}`;
  }
}

describe('edges, side by side with the sender of production', () => {
  type Edge = { readonly real: Sender; readonly realUrl: string; readonly virtual: Sender };
  const ends = async (
    edge: Edge,
    change: (url: string, send: Sender) => Promise<HttpReply>,
    until: typeof endOf,
  ) => [
    await endOf(change(edge.realUrl, edge.real)),
    await until(change('https://nothing.example', edge.virtual)),
  ];
  const undici = createUndiciSender();
  let edge: Edge;
  let until: typeof endOf;
  let close: () => Promise<unknown>;
  beforeAll(async () => {
    const server = createServer((incoming, response) => {
      incoming.resume();
      response.writeHead(201, { 'X-Upper': 'a' }).end('{"id":"1","status":"accepted"}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { world, process } = stageProvider('nothing');
    edge = {
      real: undici.send,
      realUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      virtual: process.send,
    };
    until = (call) => world.until(endOf(call));
    close = async () => {
      await undici.close();
      await new Promise((resolve) => server.close(resolve));
    };
  });
  afterAll(() => close());

  const at = (url: string): HttpRequest => ({ ...request, url: `${url}/payouts` });

  const edges: readonly [string, (url: string, send: Sender) => Promise<HttpReply>, string][] = [
    ['a reply', (url, send) => send(at(url), options), 'reply 201'],
    [
      'aborted before',
      (url, send) => send(at(url), { ...options, signal: AbortSignal.abort() }),
      'aborted, not written',
    ],
    [
      'aborted while connecting',
      (url, send) => {
        const controller = new AbortController();
        const call = send(at(url), { ...options, signal: controller.signal });
        controller.abort();
        return call;
      },
      'aborted, not written',
    ],
    [
      'forbidden',
      (url, send) =>
        send(at(url), {
          ...options,
          beforeWrite: () => {
            throw new Error('too late');
          },
        }),
      'forbidden, not written',
    ],
    [
      'aborted inside beforeWrite, which throws',
      (url, send) => {
        const controller = new AbortController();
        return send(at(url), {
          ...options,
          signal: controller.signal,
          beforeWrite: () => {
            controller.abort();
            throw new Error('aborted');
          },
        });
      },
      'aborted, not written',
    ],
    [
      'aborted inside beforeWrite, which returns',
      (url, send) => {
        const controller = new AbortController();
        return send(at(url), {
          ...options,
          signal: controller.signal,
          beforeWrite: () => controller.abort(),
        });
      },
      'aborted, not written',
    ],
    [
      'a reply above the limit',
      (url, send) => send(at(url), { ...options, maxReplyBytes: 5 }),
      'reply_too_large, written',
    ],
  ];
  test.each(edges)('%s', async (_name, change, expected) => {
    expect(await ends(edge, change, until)).toEqual([expected, expected]);
  });

  test('a cut after the request is a lost connection, silence a timeout, both written', async () => {
    const cutting = await startRawServer((socket) => socket.end());
    const silent = await startRawServer(() => undefined);
    expect(await endOf(undici.send(at(cutting.url), options))).toBe('connection_lost, written');
    expect(await endOf(undici.send(at(silent.url), { ...options, timeoutMs: 100 }))).toBe('timeout, written');
    await Promise.all([cutting.close(), silent.close()]);
    const end = async (outcome: Outcome): Promise<string> => {
      const { world, process } = stageProvider('nothing', { planSubmit: () => ({ outcome }) });
      return world.until(endOf(process.send(request, options)));
    };
    expect(await end('reset')).toBe('connection_lost, written');
    expect(await end('timeout-accepted')).toBe('timeout, written');
  });

  test.each(['ftp://nothing.example/x', 'https://me:secret@nothing.example/x'])(
    '%s is a mistake of ours',
    async (url) => {
      const { process } = stageProvider('nothing');
      await expect(process.send({ ...request, url }, options)).rejects.toThrow(TypeError);
      await expect(undici.send({ ...request, url }, options)).rejects.toThrow(TypeError);
    },
  );

  test('the cause of a forbidden call is what forbade it; headers are lower case and dated', async () => {
    const { world, process } = stageProvider('nothing');
    const cause = new Error('too late');
    const failure = await world
      .until(
        process.send(request, {
          ...options,
          beforeWrite: () => {
            throw cause;
          },
        }),
      )
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'forbidden', cause });
    const { headers } = await world.until(process.send(request, options));
    expect(headers['date']).toBe(new Date(world.now).toUTCString());
    expect(Object.keys(headers)).toEqual(Object.keys(headers).map((name) => name.toLowerCase()));
  });
});

test('beforeWrite is asked once, when the connection stands and nothing has arrived', async () => {
  const { world, process, host } = stageProvider('nothing');
  const seen: number[] = [];
  const call = process.send(request, {
    ...options,
    beforeWrite: () => void seen.push(host.simulator.requests().length),
  });
  expect(seen).toEqual([]);
  await world.until(call);
  expect(seen).toEqual([0]);
  expect(host.simulator.requests()).toHaveLength(1);
});

describe('a case hits exactly the call it names', () => {
  const accepting: readonly Outcome[] = ['ok', '5xx-accepted', 'timeout-accepted'];
  const endings: Readonly<Record<Outcome, string>> = {
    ok: 'accepted',
    refused: 'none',
    '5xx-accepted': 'unknown server_error',
    '5xx-not-accepted': 'unknown server_error',
    'timeout-accepted': 'unknown timeout',
    'timeout-not-accepted': 'unknown timeout',
    reset: 'unknown connection_lost',
  };
  const contracts = ['payfield', 'pontis', 'syncgram', 'nothing'] as const;

  test.each(contracts.flatMap((contract) => outcomes.map((outcome) => [contract, outcome] as const)))(
    '%s: %s',
    async (contract, outcome) => {
      const { world, provider, freeze, host, request } = stageProvider(contract, {
        planSubmit: ({ nth }) => (nth === 1 ? { outcome } : undefined),
      });
      const first = await world.until(provider.submit(freeze(), {}));
      const said =
        first.kind === 'accepted'
          ? 'accepted'
          : first.failure.effect === 'none'
            ? 'none'
            : `unknown ${first.failure.code}`;
      expect(said).toBe(endings[outcome]);
      expect(readLedgers([host], [intentOf(request)]).groups[0]?.payouts).toHaveLength(
        accepting.includes(outcome) ? 1 : 0,
      );
      const second = await world.until(provider.submit(freeze(), {}));
      // Syncgram remembers the refusal under the key; everybody else takes the next send.
      expect(second.kind).toBe(contract === 'syncgram' && outcome === 'refused' ? 'failed' : 'accepted');
    },
  );

  test.each(contracts)('%s: a refusal ends a payout', async (contract) => {
    const { world, provider, freeze } = stageProvider(contract, {
      planSubmit: () => ({ outcome: 'refused' }),
    });
    const reply = await world.until(provider.submit(freeze(), {}));
    expect(reply).toMatchObject({ kind: 'failed', failure: { effect: 'none' } });
    expect(['refused', 'invalid_request', 'payout_limit']).toContain(
      reply.kind === 'failed' && reply.failure.code,
    );
  });

  const killed: readonly [CallPoint, Outcome, number][] = [
    ['before-request', 'ok', 0],
    ['after-write', 'ok', 1],
    ['after-write', 'reset', 0],
    ['after-write', 'timeout-not-accepted', 0],
    ['after-acceptance', 'ok', 1],
    ['after-acceptance', '5xx-not-accepted', 0],
    ['after-reply', 'ok', 1],
    ['after-reply', 'timeout-accepted', 1],
    ['after-reply', 'refused', 0],
  ];
  test.each(killed)(
    'killed %s (%s): the call never settles, the ledger shows %d',
    async (point, outcome, paid) => {
      const passed: CallPoint[] = [];
      const stage = stageProvider('nothing', {
        planSubmit: () => ({
          outcome,
          at(reached) {
            passed.push(reached);
            if (reached === point) stage.process.kill();
          },
        }),
      });
      const settled = jest.fn();
      stage.provider.submit(stage.freeze(), {}).then(settled, settled);
      await stage.world.pass(120_000);
      expect(settled).not.toHaveBeenCalled();
      expect(passed).toContain(point);
      expect(stage.host.simulator.ledger()).toHaveLength(paid);
      // What still runs in the dead process reaches nobody.
      stage.provider.submit(stage.freeze(), {}).then(settled, settled);
      await stage.world.pass(120_000);
      expect(settled).not.toHaveBeenCalled();
      expect(stage.host.simulator.ledger()).toHaveLength(paid);
    },
  );

  test('the points come in order', async () => {
    const passed: CallPoint[] = [];
    const { world, provider, freeze } = stageProvider('pontis', {
      planSubmit: () => ({ outcome: 'ok', at: (point) => void passed.push(point) }),
    });
    await world.until(provider.submit(freeze(), {}));
    expect(passed).toEqual(['before-request', 'after-write', 'after-acceptance', 'after-reply']);
  });
});

describe('a process that is stopped', () => {
  test('before the write, beyond the deadline: nothing is written', async () => {
    const { world, process, host } = stageProvider('nothing');
    const beforeWrite = jest.fn();
    const call = endOf(process.send(request, { ...options, beforeWrite }));
    process.pause();
    await world.pass(60_000);
    process.resume();
    expect(await world.until(call)).toBe('timeout, not written');
    expect(beforeWrite).not.toHaveBeenCalled();
    expect(host.simulator.requests()).toEqual([]);
  });

  test('before the write, for a moment: it asks again, and writes', async () => {
    const { world, process, host } = stageProvider('nothing');
    const asked: number[] = [];
    const stoppedAt = world.now;
    const call = endOf(
      process.send(request, { ...options, beforeWrite: () => void asked.push(world.now - stoppedAt) }),
    );
    process.pause();
    await world.pass(10_000);
    expect(host.simulator.requests()).toEqual([]);
    process.resume();
    expect(await world.until(call)).toBe('reply 201');
    expect(asked).toEqual([10_000]);
  });

  test('after the write: the provider pays meanwhile; the reply or the timeout is seen, whichever comes first', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      const { world, process, host } = stageProvider('nothing', { seed });
      const call = endOf(process.send(request, { ...options, beforeWrite: () => process.pause() }));
      await world.pass(60_000);
      expect(host.simulator.ledger()).toHaveLength(1);
      process.resume();
      seen.add(await world.until(call));
    }
    expect([...seen].sort()).toEqual(['reply 201', 'timeout, written']);
  });
});

test('the same seed gives the same trace, another seed another', async () => {
  const trace = async (seed: number): Promise<string> => {
    const { world, provider, freeze, host } = stageProvider('syncgram', { seed, rates: badDay });
    for (let turn = 0; turn < 20; turn += 1) await world.until(provider.submit(freeze(turn), {}));
    return JSON.stringify([world.lines, world.now, host.simulator.ledger()]);
  };
  expect(await trace(7)).toBe(await trace(7));
  expect(await trace(7)).not.toBe(await trace(8));
});
