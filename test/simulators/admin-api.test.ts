import { adminResources } from '../../src/simulators/admin-api';
import { createPayfieldCore } from '../../src/simulators/payfield/payfield-core';
import type { RunningSimulator } from '../../src/simulators/simulator-server';
import { startSimulator } from '../../src/simulators/simulator-server';
import { payfieldOptions, payoutBody, signedHeaders } from './payfield-requests';
import { exchange } from './raw-exchange';

const frozenAt = Date.parse('2026-01-05T10:00:00.000Z');
const callerKey = payoutBody.external_id;

let running: RunningSimulator;

beforeEach(async () => {
  running = await startSimulator({
    createCore: () => createPayfieldCore(payfieldOptions),
    clock: () => frozenAt,
    adminToken: 'fake-admin-token',
  });
});

afterEach(() => running.stop());

async function admin(method: string, resource: string, body?: unknown, token = 'fake-admin-token') {
  const response = await fetch(`${running.adminUrl}/${resource}`, {
    method,
    headers: { 'x-admin-token': token },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function submit() {
  const body = JSON.stringify(payoutBody);
  const headers = signedHeaders(body, new Date(running.now()).toISOString());
  return exchange(running.url, { method: 'POST', path: '/api/v1/payouts', headers, body });
}

describe('admin API', () => {
  it('needs its token', async () => {
    expect(await admin('GET', 'ledger', undefined, 'wrong')).toMatchObject({ status: 401 });
    expect(await admin('POST', 'reset', undefined, '')).toMatchObject({ status: 401 });
  });

  it('tells apart what does not exist and what is not allowed', async () => {
    expect((await admin('GET', 'nothing')).status).toBe(404);
    expect(await admin('DELETE', 'ledger')).toEqual({
      status: 405,
      body: { error: { message: 'Use GET for ledger', issues: [] } },
    });
    expect((await admin('POST', 'ledger', {})).status).toBe(405);
    expect((await admin('PUT', 'payouts', {})).status).toBe(405);
  });

  it('lists its resources, with a body that each accepts', async () => {
    for (const path of ['/_admin', '/_admin/']) {
      const response = await fetch(`${running.url}${path}`, {
        headers: { 'x-admin-token': 'fake-admin-token' },
      });
      expect(response.status).toBe(200);
      const { resources } = (await response.json()) as { resources: readonly { request: string }[] };
      expect(resources.map(({ request }) => request)).toContain('POST /_admin/faults');
    }
    for (const { method, resource, example } of adminResources) {
      const { status } = await admin(method, resource, example);
      expect({ method, resource, status }).toEqual({ method, resource, status: status === 201 ? 201 : 200 });
    }
    expect((await admin('GET', 'nothing')).body).toMatchObject({
      error: { message: expect.stringContaining('GET /_admin lists them') },
    });
  });

  it.each([
    [{}, 'fault: is missing'],
    [{ fault: { kind: 'explode' } }, 'needs a kind, one of refuse, cut-after-processing,'],
    [{ fault: {} }, 'needs a kind'],
    [{ fault: { kind: 'hang' }, sometimes: true }, '(body): Unrecognized key: "sometimes"'],
    [{ match: { operation: 'pay' }, fault: { kind: 'hang' } }, 'match.operation: '],
    [[{ fault: { kind: 'hang' } }, {}], '1.fault: is missing'],
  ])('says what is wrong with the plan %j', async (plan, issue) => {
    const { body } = await admin('POST', 'faults', plan);
    const { error } = body as { error: { issues: readonly string[]; example: unknown } };
    expect(error.issues.join('\n')).toContain(issue);
    expect((await admin('POST', 'faults', error.example)).status).toBe(201);
  });

  it('shows ledger, payouts and requests', async () => {
    await submit();
    expect(await admin('GET', 'ledger')).toMatchObject({
      status: 200,
      body: { entries: [{ kind: 'debit', callerKey, amount: '5000.00' }] },
    });
    expect((await admin('GET', 'payouts')).body).toMatchObject({
      payouts: [{ callerKey, status: 'pending' }],
    });
    expect((await admin('GET', 'requests')).body).toMatchObject({
      requests: [{ number: 1, operation: 'submit' }],
    });
  });

  it('plans faults, one or many, shows that they fired, and drops them', async () => {
    const one = await admin('POST', 'faults', { id: 'a', fault: { kind: 'cut-after-processing' } });
    expect(one).toMatchObject({ status: 201, body: { planned: [{ id: 'a', nth: 1, times: 1, fired: 0 }] } });
    await admin('POST', 'faults', [{ fault: { kind: 'hang' } }, { fault: { kind: 'expired-token' } }]);
    expect(await submit()).toEqual({ outcome: 'cut' });
    expect((await admin('GET', 'faults')).body).toMatchObject({
      planned: [{ id: 'a', matched: 1, fired: 1 }, { id: 'fault-2' }, { id: 'fault-3' }],
      fired: [{ faultId: 'a', at: frozenAt, requestNumber: 1 }],
    });
    expect((await admin('DELETE', 'faults')).body).toEqual({ removed: 3 });
    expect(await submit()).toMatchObject({ status: 200 });
  });

  it('scripts statuses and moves the clock', async () => {
    const script = {
      match: { callerKey },
      steps: [
        { status: 'success', afterMs: 1_000 },
        { status: 'refunded', afterMs: 86_400_000 },
      ],
    };
    expect((await admin('POST', 'scripts', script)).status).toBe(201);
    await submit();
    expect((await admin('POST', 'clock', { advanceMs: 1_000 })).body).toEqual({
      now: frozenAt + 1_000,
      offsetMs: 1_000,
    });
    expect((await admin('GET', 'payouts')).body).toMatchObject({ payouts: [{ status: 'success' }] });
    await admin('POST', 'clock', { advanceMs: 86_400_000 });
    expect((await admin('GET', 'ledger')).body).toMatchObject({
      entries: [{ kind: 'debit' }, { kind: 'credit' }],
    });
    expect((await admin('GET', 'clock')).body).toMatchObject({ offsetMs: 86_401_000 });
  });

  it('sets the balance', async () => {
    expect((await admin('POST', 'balance', { currency: 'BDT', available: '1.00' })).status).toBe(200);
    expect(await submit()).toMatchObject({ status: 422 });
  });

  it('starts over as a whole', async () => {
    await submit();
    await admin('POST', 'faults', { fault: { kind: 'hang' } });
    await admin('POST', 'clock', { advanceMs: 5 });
    expect((await admin('POST', 'reset')).body).toEqual({ reset: true });
    expect((await admin('GET', 'ledger')).body).toEqual({ entries: [] });
    expect((await admin('GET', 'requests')).body).toEqual({ requests: [] });
    expect((await admin('GET', 'faults')).body).toEqual({ planned: [], fired: [] });
    expect((await admin('GET', 'clock')).body).toEqual({ now: frozenAt, offsetMs: 0 });
    expect(await submit()).toMatchObject({ status: 201 });
  });

  it.each([
    ['faults', '{"fault":'],
    ['faults', {}],
    ['faults', []],
    ['faults', { fault: { kind: 'explode' } }],
    ['faults', { fault: { kind: 'hang' }, sometimes: true }],
    ['scripts', { match: {}, steps: [{ status: '' }] }],
    ['scripts', { steps: [] }],
    ['balance', { currency: 'BDT', available: 5 }],
    ['balance', { currency: 'BDT', available: '-5' }],
    ['clock', { advanceMs: -1 }],
    ['clock', { advanceMs: '5' }],
  ])('refuses to POST %s %j', async (resource, body) => {
    const refused = await admin('POST', resource, body);
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({ error: { message: expect.any(String) } });
  });

  it('refuses a fault id twice and says so', async () => {
    const spec = { id: 'a', fault: { kind: 'hang' } };
    await admin('POST', 'faults', spec);
    expect(await admin('POST', 'faults', spec)).toMatchObject({
      status: 400,
      body: { error: { message: 'A fault with id a is already planned' } },
    });
  });
});
