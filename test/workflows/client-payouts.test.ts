import { randomUUID } from 'node:crypto';
import { Client, Connection, ServiceError } from '@temporalio/client';
import type { PayoutEvent, PayoutRequest } from '../../src/client';
import {
  createPayoutClient,
  PayoutRefusedError,
  PayoutRequestInvalidError,
  ReferenceReusedError,
  requestDigest,
} from '../../src/client';
import { exampleRequest } from '../support/example-request';
import { startPayoutWorker, testTemporalAddress, withPayoutWorker } from '../support/payout-worker';

let connection: Connection;
let temporal: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address: testTemporalAddress() });
  temporal = new Client({ connection });
});
afterAll(async () => connection.close());

const newRequest = (change: Partial<PayoutRequest> = {}): PayoutRequest =>
  exampleRequest({ reference: `r-${randomUUID()}`, ...change });

const clientFor = (taskQueue: string) =>
  createPayoutClient({ client: temporal, taskQueue, answerTimeoutMs: 8_000 });

/** No worker listens here. */
const deaf = createPayoutClientWithoutWorker();
function createPayoutClientWithoutWorker() {
  let client: ReturnType<typeof createPayoutClient> | undefined;
  return () =>
    (client ??= createPayoutClient({
      client: temporal,
      taskQueue: `nobody-${randomUUID()}`,
      // Nobody answers, so each question costs this much; a busy machine still gets the question across in it.
      answerTimeoutMs: 1_500,
    }));
}

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

describe('starting', () => {
  it('starts one run per reference, and meets it again with the same content', async () => {
    const request = newRequest();
    const first = await deaf().start(request);
    const again = await deaf().start(request);
    // Key order and undefined members are no content.
    const reordered = Object.fromEntries(
      Object.entries({ ...request, account: undefined }).toReversed(),
    ) as unknown as PayoutRequest;
    const { account: _, ...plain } = reordered;
    const third = await deaf().start(plain);

    expect(first).toEqual({
      tenant: 'acme',
      reference: request.reference,
      workflowId: `payout/acme/${request.reference}`,
      runId: expect.any(String),
      started: true,
    });
    expect(again).toEqual({ ...first, started: false });
    expect(third).toEqual({ ...first, started: false });
  });

  it('gives all of 20 simultaneous starts the same payout, and starts it once', async () => {
    const request = newRequest();
    const starts = await Promise.all(Array.from({ length: 20 }, async () => deaf().start(request)));
    expect(new Set(starts.map(({ runId }) => runId)).size).toBe(1);
    expect(starts.filter(({ started }) => started)).toHaveLength(1);
  });

  it.each([
    ['after Temporal has started it', true],
    ['before Temporal has seen it', false],
  ])('starts exactly one when the reply is lost %s', async (_, before) => {
    const request = newRequest();
    let tries = 0;
    const unsteady = new Client({
      connection,
      interceptors: {
        workflow: [
          {
            async startWithDetails(input, next) {
              tries += 1;
              const started = before || tries > 2 ? await next(input) : undefined;
              if (tries <= 2 || started === undefined) throw lostReply();
              return started;
            },
          },
        ],
      },
    });
    const client = createPayoutClient({ client: unsteady, taskQueue: 'nobody' });
    const payout = await client.start(request);
    // What has started it cannot be told from what came before it; that there is one, it can.
    expect(payout.started).toBe(!before);
    expect(tries).toBe(before ? 2 : 3);
    expect((await temporal.workflow.getHandle(payout.workflowId).describe()).runId).toBe(payout.runId);
  });

  it('refuses other content under a used reference, with both digests', async () => {
    const request = newRequest();
    await deaf().start(request);
    const other = { ...request, amount: { value: '125.01', side: 'source' as const } };
    const refused = deaf().start(other);
    await expect(refused).rejects.toThrow(ReferenceReusedError);
    await expect(refused).rejects.toMatchObject({
      code: 'reference_reused',
      digest: requestDigest(other),
      existingDigest: requestDigest(request),
      message: expect.stringContaining('its amount is another one') as string,
    });
    for (const value of [request.amount.value, `${request.amount.value}0`]) {
      const elsewhere = { ...request, purpose: 'another', amount: { ...request.amount, value } };
      await expect(deaf().start(elsewhere)).rejects.toMatchObject({
        code: 'reference_reused',
        message: expect.stringContaining('its amount is the same') as string,
      });
    }
  });

  describe('with a payee that was not written in its normal form', () => {
    const paying = (accountNumber: string): Partial<PayoutRequest> => ({
      destination: { country: 'DE', currency: 'EUR' },
      beneficiary: { method: 'bank-account', name: 'Beatriz Santos', account: { accountNumber } },
    });

    it('starts what was written, and counts the normal form as its content', async () => {
      const request = newRequest(paying('de89 3704 0044 0532 0130 00'));
      const normal = { ...request, ...paying('DE89370400440532013000') };
      const { workflowId, runId } = await deaf().start(request);
      const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
      const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
      expect(Buffer.from(input?.data ?? []).toString('utf8')).toContain('de89 3704 0044 0532 0130 00');
      const { memo } = await temporal.workflow.getHandle(workflowId).describe();
      const { value, side } = request.amount;
      expect(memo).toEqual({
        requestDigest: requestDigest(normal),
        amount: { value, currency: request.source.currency, side },
      });

      expect(await deaf().start(normal)).toMatchObject({ started: false, runId });
      expect(await deaf().start({ ...request, ...paying('DE89-3704-0044-0532-0130-00') })).toMatchObject({
        started: false,
        runId,
      });
      await expect(deaf().start({ ...request, ...paying('GB29NWBK60161331926819') })).rejects.toMatchObject({
        code: 'reference_reused',
      });
    });

    it('meets a run whose account is refused by now, and starts no other one with it', async () => {
      const request = newRequest(paying('DE89370400440532013001'));
      const refused = { code: 'request_invalid', problems: [{ path: 'beneficiary.account.accountNumber' }] };
      await expect(deaf().start(request)).rejects.toMatchObject(refused);
      const { firstExecutionRunId } = await temporal.workflow.start('payoutWorkflow', {
        workflowId: `payout/acme/${request.reference}`,
        taskQueue: 'nobody',
        args: [{ schema: 1, request }],
        memo: { requestDigest: requestDigest(request) },
      });
      expect(await deaf().start(request)).toMatchObject({ started: false, runId: firstExecutionRunId });
      await expect(deaf().start({ ...request, purpose: 'salary' })).rejects.toMatchObject(refused);
    });

    it('meets a run from before there were normal forms', async () => {
      const request = newRequest(paying('de89370400440532013000'));
      const { firstExecutionRunId } = await temporal.workflow.start('payoutWorkflow', {
        workflowId: `payout/acme/${request.reference}`,
        taskQueue: 'nobody',
        args: [{ schema: 1, request }],
        memo: { requestDigest: requestDigest(request) },
      });
      expect(await deaf().start(request)).toMatchObject({ started: false, runId: firstExecutionRunId });
      await expect(deaf().start({ ...request, purpose: 'salary' })).rejects.toMatchObject({
        code: 'reference_reused',
      });
    });
  });

  it('refuses a reference whose run was terminated: the money may have moved', async () => {
    const request = newRequest();
    const { workflowId, runId } = await deaf().start(request);
    await temporal.workflow.getHandle(workflowId).terminate('test');
    expect(await deaf().start(request)).toMatchObject({ started: false, runId });
    await expect(deaf().start({ ...request, purpose: 'salary' })).rejects.toMatchObject({
      code: 'reference_reused',
    });
  });

  it('refuses a reference that somebody started by hand, without a digest', async () => {
    const request = newRequest();
    await temporal.workflow.start('payoutWorkflow', {
      workflowId: `payout/acme/${request.reference}`,
      taskQueue: 'nobody',
    });
    await expect(deaf().start(request)).rejects.toMatchObject({
      code: 'reference_reused',
      existingDigest: undefined,
    });
  });

  it('sends nothing for an invalid request, and names every path', async () => {
    const request = newRequest();
    const bad = {
      ...request,
      amount: { value: '1e3', side: 'source' },
      surprise: true,
    } as unknown as PayoutRequest;
    const refused = deaf().start(bad);
    await expect(refused).rejects.toThrow(PayoutRequestInvalidError);
    const problems = await refused.then(
      () => [],
      (error: unknown) => (error as PayoutRequestInvalidError).problems,
    );
    expect(new Set(problems.map(({ path }) => path))).toEqual(new Set(['amount.value', 'surprise']));
    await expect(deaf().outcome(request)).rejects.toMatchObject({ code: 'payout_not_found' });
  });

  it('tells people in Temporal UI what it is, without the beneficiary', async () => {
    const request = newRequest({ requestedBy: 'Dana *bold* <b>' });
    const { workflowId } = await deaf().start(request);
    const description = await temporal.workflow.getHandle(workflowId).describe();
    const shown = `${await description.staticSummary()}\n${await description.staticDetails()}`;
    expect(await description.staticSummary()).toBe(
      '125.00 USDT → PH/PHP, bank-account, requested by Dana bold b',
    );
    expect(shown).toContain(request.reference);
    expect(shown).not.toMatch(/Beatriz|Santos|0012345678|BOPI/);
    expect(JSON.stringify(description.searchAttributes)).not.toMatch(/Beatriz|0012345678|dana/i);
    const { executionConfig } = description.raw;
    expect(Number(executionConfig?.workflowExecutionTimeout?.seconds ?? 0)).toBe(0);
    expect(Number(executionConfig?.workflowRunTimeout?.seconds ?? 0)).toBe(0);
  });
});

describe('reading', () => {
  it('follows a payout to its end without a gap, and reads its result without a worker', async () => {
    const request = newRequest();
    const { snapshot, events } = await withPayoutWorker({ status: 'paid' }, async ({ taskQueue }) => {
      const client = clientFor(taskQueue);
      await client.start(request);
      const events = await all(client.events({ ...address(request), pollMs: 20 }));
      return { events, snapshot: await client.get(address(request)) };
    });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)?.status).toBe('paid');
    expect(snapshot).toMatchObject({
      status: 'paid',
      final: true,
      moneyMoved: 'yes',
      events: events.length,
    });
    // The worker is gone.
    expect(await deaf().get(address(request))).toEqual(snapshot);
    expect(await deaf().outcome(address(request))).toEqual({
      ...address(request),
      final: true,
      status: 'paid',
      moneyMoved: 'yes',
      account: 'pontis-main',
      providerPayoutId: 'provider-1',
    });
  });

  it('goes on after an event that was seen, over a restart of the worker', async () => {
    const script: { approvals: number; status: 'paid' } = { approvals: 1, status: 'paid' };
    const request = newRequest();
    const taskQueue = `client-${randomUUID()}`;
    const client = createPayoutClient({ client: temporal, taskQueue, answerTimeoutMs: 500 });
    await client.start(request);
    const first = await startPayoutWorker(script, taskQueue);
    const early: PayoutEvent[] = [];
    for await (const event of client.events({ ...address(request), pollMs: 20 })) {
      early.push(event);
      if (event.type === 'approval-requested') break;
    }
    await first.stop();
    const afterSeq = early.length;
    const rest = all(client.events({ ...address(request), afterSeq, pollMs: 20, patienceMs: 20_000 }));
    const second = await startPayoutWorker(script, taskQueue);
    try {
      const { approval } = await eventually(async () => client.get(address(request)));
      await client.decide({
        ...address(request),
        by: 'alice',
        decision: 'approve',
        digest: approval?.digest ?? '',
      });
      const late = await rest;
      expect([...early, ...late].map(({ seq }) => seq)).toEqual(
        Array.from({ length: early.length + late.length }, (_, index) => index + 1),
      );
      expect(late.at(-1)?.status).toBe('paid');
    } finally {
      await second.stop();
    }
  });

  it('says that no worker answers, while the outcome is still readable', async () => {
    const request = newRequest();
    await deaf().start(request);
    await expect(deaf().get(address(request))).rejects.toMatchObject({ code: 'worker_not_available' });
    await expect(deaf().timeline(address(request))).rejects.toMatchObject({ code: 'worker_not_available' });
    await expect(
      all(deaf().events({ ...address(request), pollMs: 10, patienceMs: 50 })),
    ).rejects.toMatchObject({ code: 'worker_not_available' });
    // Before a final status nothing is claimed about the money.
    expect(await deaf().outcome(address(request))).toEqual({
      ...address(request),
      final: false,
      status: 'received',
      moneyMoved: 'unknown',
    });
  });

  it('does not wait for long where nobody polls the queue, and says so', async () => {
    const request = newRequest();
    const taskQueue = `nobody-${randomUUID()}`;
    const client = createPayoutClient({ client: temporal, taskQueue, answerTimeoutMs: 120_000 });
    await client.start(request);
    const began = performance.now();
    const digest = 'd';
    const [get, check, ...changes] = await Promise.allSettled([
      client.get(address(request)),
      client.check(newRequest()),
      client.cancel({ ...address(request), by: 'dana' }),
      client.recall({ ...address(request), by: 'dana' }),
      client.resume({ ...address(request), by: 'dana' }),
      client.decide({ ...address(request), by: 'alice', decision: 'approve', digest }),
    ]);
    const nobody = `nobody polls task queue ${taskQueue}`;
    expect(get).toMatchObject({
      reason: { code: 'worker_not_available', message: expect.stringContaining(nobody) },
    });
    expect(check).toMatchObject({ value: { verdict: 'not-known', worker: { answered: false } } });
    for (const change of changes)
      expect(change).toMatchObject({
        reason: {
          code: 'reply_timed_out',
          message: expect.stringContaining(`${nobody}, so nothing was carried out`),
        },
      });
    expect(changes).toHaveLength(4);
    await expect(
      client.pauseAccount({ account: 'main', by: 'dana', reason: 'a test' }),
    ).rejects.toMatchObject({
      code: 'worker_not_available',
    });
    expect(performance.now() - began).toBeLessThan(60_000);
  }, 120_000);

  it('waits for a worker that starts while it is asked', async () => {
    const request = newRequest();
    const taskQueue = `late-${randomUUID()}`;
    const client = createPayoutClient({ client: temporal, taskQueue, answerTimeoutMs: 60_000 });
    await client.start(request);
    const asked = client.get(address(request));
    const worker = await startPayoutWorker({ approvals: 1 }, taskQueue);
    try {
      expect(await asked).toMatchObject({ schema: 1 });
    } finally {
      await worker.stop();
    }
  });

  it('waits for an outcome until its time is over, and returns what is known then', async () => {
    await withPayoutWorker({}, async ({ taskQueue }) => {
      const client = clientFor(taskQueue);
      const request = newRequest();
      await client.start(request);
      const began = performance.now();
      const outcome = await client.outcome({ ...address(request), timeoutMs: 600 });
      expect(performance.now() - began).toBeGreaterThanOrEqual(590);
      expect(outcome).toMatchObject({ final: false, moneyMoved: 'unknown' });
    });
  });

  it('stops waiting when the signal says so', async () => {
    const request = newRequest();
    await deaf().start(request);
    const stop = new AbortController();
    const waiting = deaf().outcome({ ...address(request), timeoutMs: 60_000, signal: stop.signal });
    const following = all(deaf().events({ ...address(request), pollMs: 10, signal: stop.signal }));
    setTimeout(() => stop.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    await expect(following).resolves.toEqual([]);
    await expect(
      deaf().outcome({ ...address(request), timeoutMs: 60_000, signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });

  it('never says that no money moved once a run was ended from outside', async () => {
    await withPayoutWorker({}, async ({ taskQueue }) => {
      const client = clientFor(taskQueue);
      const request = newRequest();
      const { workflowId } = await client.start(request);
      await eventually(async () => {
        expect((await client.get(address(request))).status).toBe('submitted');
      });
      await temporal.workflow.getHandle(workflowId).terminate('test');
      expect(await client.outcome({ ...address(request), timeoutMs: 60_000 })).toMatchObject({
        final: false,
        status: 'unconfirmed',
        moneyMoved: 'unknown',
        closed: 'terminated',
      });
      expect(await client.get(address(request))).toMatchObject({
        status: 'submitted',
        moneyMoved: 'unknown',
        closed: 'terminated',
      });
      const events = await all(client.events({ ...address(request), pollMs: 10 }));
      expect(events.at(-1)?.status).toBe('submitted');
    });
  });

  it('says not found for a payout that nobody started', async () => {
    const nobody = { tenant: 'acme', reference: `none-${randomUUID()}` };
    for (const call of [
      async () => deaf().get(nobody),
      async () => deaf().timeline(nobody),
      async () => deaf().outcome({ ...nobody, timeoutMs: 60_000 }),
      async () => all(deaf().events(nobody)),
      async () => deaf().cancel({ ...nobody, by: 'dana' }),
      async () => deaf().resume({ ...nobody, by: 'dana' }),
      async () => deaf().decide({ ...nobody, by: 'dana', decision: 'approve', digest: 'd' }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'payout_not_found' });
    }
  });

  it('refuses an address that no payout can have', async () => {
    for (const bad of [
      { tenant: 'Acme', reference: 'r' },
      { tenant: '', reference: 'r' },
      { tenant: 'acme', reference: 'a/b' },
      { tenant: 'acme', reference: '' },
      { tenant: 'acme', reference: undefined as unknown as string },
    ]) {
      await expect(deaf().get(bad)).rejects.toMatchObject({ code: 'arguments_invalid' });
      await expect(deaf().cancel({ ...bad, by: 'dana' })).rejects.toMatchObject({
        code: 'arguments_invalid',
      });
    }
  });
});

describe('deciding', () => {
  it('answers at once to who may not, and counts who may once', async () => {
    await withPayoutWorker({ approvals: 2, status: 'paid' }, async ({ taskQueue }) => {
      const client = clientFor(taskQueue);
      const request = newRequest();
      await client.start(request);
      const digest = await eventually(async () => {
        const { approval } = await client.get(address(request));
        if (approval === undefined) throw new Error('not yet');
        return approval.digest;
      });
      const decide = async (by: string, chosen = digest, decision: 'approve' | 'reject' = 'approve') =>
        client.decide({ ...address(request), by, decision, digest: chosen });
      const refusal = async (promise: Promise<unknown>): Promise<string> => {
        const error: unknown = await promise.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(PayoutRefusedError);
        expect(error).toMatchObject({ code: 'payout_refused' });
        return (error as PayoutRefusedError).refusal;
      };

      expect(await refusal(decide('dana'))).toBe('requester_cannot_approve');
      expect(await refusal(decide('mallory'))).toBe('unknown_approver');
      expect(await refusal(decide('alice', 'other'))).toBe('digest_mismatch');
      expect(await refusal(client.resume({ ...address(request), by: 'alice' }))).toBe('not_held');

      const first = await decide('alice');
      expect(first).toEqual({ decision: 'approve', approvals: 1, required: 2, level: 1 });
      // A lost reply is asked for again: the same person, however typed, is the same decision.
      expect(await decide(' ALICE ')).toEqual(first);
      expect((await client.get(address(request))).approval?.approvedBy).toEqual(['alice']);
      expect(await refusal(decide('alice', digest, 'reject'))).toBe('already_decided');
      expect(await decide('bob')).toEqual({ decision: 'approve', approvals: 2, required: 2 });

      expect(await client.outcome({ ...address(request), timeoutMs: 20_000 })).toMatchObject({
        final: true,
        status: 'paid',
      });
      await eventually(async () => {
        await expect(
          client.decide({ ...address(request), by: 'carol', decision: 'approve', digest }),
        ).rejects.toMatchObject({ code: 'payout_closed' });
      });
      // Known decisions are still answered after the end.
      expect(await decide('alice')).toEqual(first);
    });
  });

  it('refuses a decision that is none before it asks anybody', async () => {
    const request = newRequest();
    await deaf().start(request);
    const good = { ...address(request), by: 'alice', decision: 'approve' as const, digest: 'd' };
    for (const bad of [
      { ...good, by: '' },
      { ...good, by: 'x'.repeat(129) },
      { ...good, decision: 'maybe' as 'approve' },
      { ...good, reason: 'x'.repeat(501) },
      { ...good, digest: undefined as unknown as string },
    ]) {
      await expect(deaf().decide(bad)).rejects.toMatchObject({ code: 'arguments_invalid' });
    }
    await expect(deaf().cancel({ ...address(request), by: '' })).rejects.toMatchObject({
      code: 'arguments_invalid',
    });
  });

  it('does not know whether a decision was carried out when nobody answers', async () => {
    const request = newRequest();
    await deaf().start(request);
    await expect(deaf().cancel({ ...address(request), by: 'dana' })).rejects.toMatchObject({
      code: 'reply_timed_out',
    });
  });

  it('cancels in time, and says too late afterwards', async () => {
    await withPayoutWorker({ approvals: 1 }, async ({ taskQueue }) => {
      const client = clientFor(taskQueue);
      const request = newRequest();
      await client.start(request);
      expect(await client.cancel({ ...address(request), by: 'dana', reason: 'a typo' })).toBe('cancelled');
      expect(await client.outcome({ ...address(request), timeoutMs: 10_000 })).toMatchObject({
        final: true,
        status: 'cancelled',
        moneyMoved: 'no',
      });
      await eventually(async () => {
        await expect(client.cancel({ ...address(request), by: 'dana' })).rejects.toMatchObject({
          code: 'payout_closed',
        });
      });
    });
    await withPayoutWorker({}, async ({ taskQueue }) => {
      const client = clientFor(taskQueue);
      const request = newRequest();
      await client.start(request);
      await eventually(async () => {
        expect((await client.get(address(request))).status).toBe('submitted');
      });
      expect(await client.cancel({ ...address(request), by: 'dana' })).toBe('too-late');
    });
  });
});

describe('listing', () => {
  it('finds payouts by status, account and hold, and shows a resumable hold', async () => {
    await withPayoutWorker({ submit: 'insufficient-funds' }, async ({ taskQueue }) => {
      const client = clientFor(taskQueue);
      const tenant = `t-${randomUUID().slice(0, 8)}`;
      const requests = [1, 2, 3].map(() => newRequest({ tenant }));
      for (const request of requests) await client.start(request);
      const held = await eventually(async () => {
        const found = await all(client.list({ tenant, held: 'insufficient_funds', pageSize: 2 }));
        expect(found).toHaveLength(3);
        return found;
      });
      expect(held.map(({ reference }) => reference).toSorted()).toEqual(
        requests.map(({ reference }) => reference).toSorted(),
      );
      expect(held[0]).toMatchObject({
        tenant,
        status: 'submitting',
        final: false,
        heldReason: 'insufficient_funds',
        account: 'pontis-main',
        attemptKey: 'key-1',
      });
      // Whether money moved only the payout itself knows before its end.
      expect(held[0]).not.toHaveProperty('moneyMoved');
      expect(await all(client.list({ tenant, held: true }))).toHaveLength(3);
      expect(await all(client.list({ tenant, held: false }))).toHaveLength(0);
      expect(await all(client.list({ tenant, held: true, limit: 2 }))).toHaveLength(2);
      expect(await all(client.list({ tenant, limit: 0 }))).toHaveLength(0);
      expect(await all(client.list({ tenant, account: 'pontis-main' }))).toHaveLength(3);
      expect(await all(client.list({ tenant, account: 'other' }))).toHaveLength(0);
      expect(await all(client.list({ tenant, status: ['paid', 'submitting'] }))).toHaveLength(3);
      expect(await all(client.list({ tenant, status: 'paid' }))).toHaveLength(0);

      const request = requests[0] as PayoutRequest;
      expect(await client.resume({ ...address(request), by: 'dana' })).toEqual({
        resumed: 'insufficient_funds',
      });
    });
  });

  it('lists the newest first by their start, open or ended, and goes on behind a cursor', async () => {
    const tenant = `t-${randomUUID().slice(0, 8)}`;
    const client = deaf();
    const startedOf = async (count: number): Promise<string[]> => {
      const references: string[] = [];
      for (let left = count; left > 0; left -= 1) {
        const request = newRequest({ tenant });
        await client.start(request);
        references.unshift(request.reference);
      }
      return references;
    };
    const older = await startedOf(58);
    const ended = await startedOf(2);
    for (const reference of ended)
      await temporal.workflow.getHandle(`payout/${tenant}/${reference}`).terminate('ended');
    const references = [...ended, ...older];
    const listed = await eventually(async () => {
      const found = await all(client.list({ tenant, pageSize: 10 }));
      expect(found.filter(({ closed }) => closed !== undefined)).toHaveLength(2);
      expect(found.map(({ reference }) => reference)).toEqual(references);
      return found;
    });
    expect(listed[0]).toMatchObject({ amount: { currency: expect.any(String), side: 'source' } });
    const { cursor, startedAt } = listed[9] as (typeof listed)[number];
    await startedOf(1);
    const rest = await all(client.list({ tenant, after: cursor }));
    expect(rest.map(({ reference }) => reference)).toEqual(references.slice(10));
    const before = await all(client.list({ tenant, until: startedAt }));
    const since = await all(client.list({ tenant, since: startedAt, until: listed[0]!.startedAt + 1 }));
    expect([...since, ...before].map(({ reference }) => reference)).toEqual(references);
  });

  it('shows a payout whose run was replaced once, by its newest run', async () => {
    const tenant = `t-${randomUUID().slice(0, 8)}`;
    const request = newRequest({ tenant });
    const { workflowId } = await deaf().start(request);
    await temporal.workflow.getHandle(workflowId).terminate('as a reset does');
    const { firstExecutionRunId } = await temporal.workflow.start('payoutWorkflow', {
      workflowId,
      taskQueue: 'nobody',
      typedSearchAttributes: (await temporal.workflow.getHandle(workflowId).describe()).typedSearchAttributes,
    });
    const found = await eventually(async () => {
      const listed = await all(deaf().list({ tenant }));
      expect(listed.map(({ runId }) => runId)).toEqual([firstExecutionRunId]);
      return listed;
    });
    expect(found[0]).not.toHaveProperty('closed');
  });

  it('takes no value for a piece of a query', async () => {
    const tenant = `t-${randomUUID().slice(0, 8)}`;
    for (const account of [
      "x' OR PayoutTenant != '",
      "x' OR WorkflowType = 'payoutWorkflow",
      "x\\' OR 1 = 1 OR PayoutTenant = '",
      'x" OR PayoutTenant != "',
      '\\',
      "'",
      "''",
      "x') OR (PayoutTenant != '",
      'x -- ',
    ]) {
      await expect(all(deaf().list({ tenant, account }))).rejects.toMatchObject({
        code: 'arguments_invalid',
      });
    }
    for (const bad of [
      { tenant: "x' OR 'a' = 'a" },
      { tenant: 'UPPER' },
      { status: "paid' OR 'a' = 'a" as 'paid' },
      { status: [] },
      { held: "x' OR 'a' = 'a" as 'daily_limit' },
      { account: '' },
      { account: 'a\nb' },
      { limit: -1 },
      { limit: Number.NaN },
      { pageSize: 0 },
      { pageSize: 1.5 },
      { after: "x' OR 'a' = 'a" },
      { since: Number.NaN },
      { until: -1 },
      { attention: "x' OR 'a' = 'a" as 'overdue' },
    ]) {
      await expect(all(deaf().list(bad))).rejects.toMatchObject({ code: 'arguments_invalid' });
    }
  });
});

/** What the SDK throws when the deadline passes before the reply. */
const lostReply = (): Error =>
  new ServiceError('Failed to start Workflow', {
    cause: Object.assign(new Error('4 DEADLINE_EXCEEDED: lost'), {
      code: 4,
      details: 'lost',
      metadata: {},
    }),
  });

const address = ({ tenant, reference }: PayoutRequest) => ({ tenant, reference });

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 25));
    }
  }
}
