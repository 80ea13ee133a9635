import { createHash, randomUUID } from 'node:crypto';
import { approvalDigest } from '../../src/activities/approval-digest';
import { Client, Connection } from '@temporalio/client';
import { createPayoutClient } from '../../src/client/create-payout-client';
import type { PayoutClient } from '../../src/client/payout-client';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { testTemporalAddress } from '../support/payout-worker';
import { refusalOf } from '../support/refusal';
import { accepted, scriptedProvider } from '../support/scripted-provider';

let harness: PayoutHarness;
let client: PayoutClient;
beforeAll(async () => {
  harness = await startHarness(installationOf(scriptedProvider({ submits: [accepted()] })));
  client = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
});
afterAll(() => harness.stop());

const large = { amount: { value: '5000.00', side: 'source' } } as const;

// Row 38, too: an approval never passes to another amount.
describe('check 3: an approval binds the content', () => {
  it('of beneficiary, amount, currency, account and quote band: another digest for each change', async () => {
    const base = payoutRequest({ ...large, reference: 'same' });
    const route = { account: 'main', accountFingerprint: 'f'.repeat(64), quoteBandPercent: '1' };
    const quoted = (arrives: string) => ({
      quoteId: 'q',
      source: { value: '5000.00', currency: 'USDT' },
      destination: { value: arrives, currency: 'PHP' },
      rate: '56',
      validForMs: 1_000,
    });
    const changed = [
      { ...route, request: base },
      { ...route, request: { ...base, amount: { value: '5000.01', side: 'source' as const } } },
      { ...route, request: { ...base, amount: { value: '5000.00', side: 'destination' as const } } },
      { ...route, request: { ...base, source: { currency: 'USDC' } } },
      { ...route, request: { ...base, destination: { country: 'PH', currency: 'USD' } } },
      {
        ...route,
        request: {
          ...base,
          beneficiary: {
            method: 'bank-account' as const,
            name: 'Juan dela Cruz',
            account: { accountNumber: '1234567891' },
          },
        },
      },
      {
        ...route,
        request: {
          ...base,
          beneficiary: {
            method: 'bank-account' as const,
            name: 'Juana dela Cruz',
            account: { accountNumber: '1234567890' },
          },
        },
      },
      { ...route, account: 'other', request: base },
      { ...route, accountFingerprint: 'e'.repeat(64), request: base },
      { ...route, request: base, quote: quoted('280000.00') },
      { ...route, request: base, quote: quoted('280000.01') },
      { ...route, request: base, quote: quoted('280000.00'), quoteBandPercent: '2' },
    ];
    const digests = changed.map((content) =>
      approvalDigest(content, (text) => createHash('sha256').update(text).digest('hex')),
    );
    expect(new Set(digests).size).toBe(changed.length);
    const payout = await harness.start(payoutRequest(large));
    const { approval } = await payout.until('asked', (state) => state.approval?.open === true);
    const other = await harness.start(payoutRequest({ amount: { value: '6000.00', side: 'source' } }));
    await other.until('asked', (state) => state.approval?.open === true);
    const decision = { schema: 1, by: 'alice', decision: 'approve', digest: approval?.digest };
    expect(
      await refusalOf(other.handle.executeUpdate<unknown, [unknown]>('decide', { args: [decision] })),
    ).toBe('digest_mismatch');
  });
});

describe('recall', () => {
  it('is for whoever asked for the payout, and ends it as recalled', async () => {
    const request = payoutRequest(large);
    const payout = await harness.start(request);
    await payout.untilStatus('awaiting-approval');
    const recall = (by: string) =>
      payout.handle.executeUpdate<unknown, [unknown]>('recall', {
        args: [{ schema: 1, by, reason: 'wrong amount' }],
      });
    expect(await refusalOf(recall('alice'))).toBe('not_the_requester');
    expect(await refusalOf(payout.handle.executeUpdate<unknown, [unknown]>('recall', { args: ['x'] }))).toBe(
      'message_malformed',
    );
    expect(await recall(' Dora')).toBe('cancelled');
    expect(await payout.handle.result()).toMatchObject({
      status: 'cancelled',
      reason: 'recalled',
      moneyMoved: 'no',
    });
  });

  it('comes too late for a payout that is paid', async () => {
    const request = payoutRequest();
    const payout = await harness.start(request);
    await payout.handle.result();
    await expect(client.recall({ ...request, by: 'dora' })).rejects.toMatchObject({ code: 'payout_closed' });
  });
});

describe('an edit', () => {
  it('check 8: recalls, asks again about the changed details, starts the new payout, links both, and may be repeated', async () => {
    const request = payoutRequest(large);
    await (await harness.start(request)).untilStatus('awaiting-approval');
    const command = {
      tenant: request.tenant,
      reference: request.reference,
      by: 'dora',
      reason: 'wrong amount',
      request: { ...request, reference: `ref-${randomUUID()}`, amount: { value: '4000.00', side: 'source' } },
    } as const;
    expect(await client.replace(command)).toMatchObject({
      started: true,
      reference: command.request.reference,
    });
    expect(await client.replace(command)).toMatchObject({ started: false });
    expect(await client.get(request)).toMatchObject({
      status: 'cancelled',
      reason: 'recalled',
      replacedBy: command.request.reference,
    });
    expect(await client.outcome({ ...command.request, timeoutMs: 2_000 })).toMatchObject({ final: false });
    expect(await client.get(command.request)).toMatchObject({
      status: 'awaiting-approval',
      replaces: request.reference,
      approval: { approvedBy: [] },
    });
    await client.cancel({ ...command.request, by: 'dora' });
  });

  /** A payout that waits for people, an edit of it, and a look at whether it still waits as if nobody had asked. */
  async function waiting(changes: Partial<PayoutRequest> = {}) {
    const request = payoutRequest(large);
    await (await harness.start(request)).untilStatus('awaiting-approval');
    const { tenant, reference } = request;
    const edit = { tenant, reference, by: 'dora', request: payoutRequest({ ...large, ...changes }) };
    const expectUntouched = async () => {
      expect(await client.get(request)).toMatchObject({
        status: 'awaiting-approval',
        cancelRequested: false,
      });
      expect(await client.get(request)).not.toHaveProperty('replacedBy');
    };
    return { request, edit, expectUntouched };
  }

  it('recalls nothing for a reference that is taken, and the next one with a free reference is carried out', async () => {
    const taken = payoutRequest();
    await (await harness.start(taken)).handle.result();
    const { request, edit, expectUntouched } = await waiting({ reference: taken.reference });
    await expect(client.replace(edit)).rejects.toMatchObject({ code: 'reference_reused' });
    await expectUntouched();
    const upperCase = { ...edit.request, reference: taken.reference.toUpperCase() };
    await expect(client.replace({ ...edit, request: upperCase })).rejects.toMatchObject({
      code: 'reference_reused',
    });
    await expectUntouched();
    const next = payoutRequest(large);
    expect(await client.replace({ ...edit, request: next })).toMatchObject({ started: true });
    expect(await client.get(request)).toMatchObject({ reason: 'recalled', replacedBy: next.reference });
    await client.cancel({ ...next, by: 'dora' });
  });

  it('recalls nothing for a request that is not valid, or that its worker would refuse', async () => {
    const { edit, expectUntouched } = await waiting({ account: 'no-such-account' });
    await expect(client.replace(edit)).rejects.toMatchObject({
      code: 'replacement_refused',
      message: expect.stringMatching(/nothing was recalled by this call: .*no_route/) as string,
    });
    await expectUntouched();
    const invalid = { ...edit.request, amount: { value: '0', side: 'source' as const } };
    await expect(client.replace({ ...edit, request: invalid })).rejects.toMatchObject({
      code: 'request_invalid',
    });
    await expectUntouched();
  });

  it('recalls nothing for a payout that was started in its place before, and refused for that', async () => {
    const { request, edit, expectUntouched } = await waiting();
    const early = await harness.start({ ...edit.request, replaces: request.reference });
    expect(await early.handle.result()).toMatchObject({ status: 'rejected' });
    // It carries no digest of a client: other content, as far as anybody can tell.
    await expect(client.replace(edit)).rejects.toMatchObject({ code: 'reference_reused' });
    await expectUntouched();
    const again = { ...edit, request: payoutRequest(large) };
    await client.start({ ...again.request, replaces: request.reference });
    await client.outcome({ ...again.request, timeoutMs: 30_000 });
    await expect(client.replace(again)).rejects.toMatchObject({ code: 'replacement_refused' });
    await expectUntouched();
  });

  describe('whose start goes wrong after the recall', () => {
    let connection: Connection;
    /** Called once, before the start of a payout is sent. */
    let beforeStart: (workflowId: string) => Promise<void> = async () => undefined;
    beforeAll(async () => {
      connection = await Connection.connect({ address: testTemporalAddress() });
      const { workflowService } = connection;
      const start = workflowService.startWorkflowExecution.bind(workflowService);
      Object.assign(workflowService, {
        startWorkflowExecution: async (
          ...[request]: Parameters<typeof workflowService.startWorkflowExecution>
        ) => {
          if (request.workflowId?.startsWith('payout/')) await beforeStart(request.workflowId);
          return start(request);
        },
      });
    });
    afterAll(async () => connection.close());
    const editor = () =>
      createPayoutClient({ client: new Client({ connection }), taskQueue: harness.taskQueue });

    it('says that the old one was recalled where somebody took the reference meanwhile', async () => {
      const { request, edit } = await waiting();
      beforeStart = async () => {
        beforeStart = async () => undefined;
        await client.start({ ...edit.request, amount: { value: '10.00', side: 'source' } });
      };
      await expect(editor().replace(edit)).rejects.toMatchObject({
        code: 'replacement_not_started',
        message: expect.stringContaining(`payout/acme/${request.reference} was recalled`) as string,
      });
      expect(await client.get(request)).toMatchObject({ status: 'cancelled', reason: 'recalled' });
    });

    it('says so, too, where the start fails otherwise, and a repetition finishes it', async () => {
      const { request, edit } = await waiting();
      beforeStart = async () => {
        beforeStart = async () => undefined;
        throw Object.assign(new Error('not permitted'), { code: 7, details: 'not permitted', metadata: {} });
      };
      await expect(editor().replace(edit)).rejects.toMatchObject({
        message: expect.stringContaining(
          `payout/acme/${request.reference} was recalled before that: repeat`,
        ) as string,
      });
      expect(await client.get(request)).toMatchObject({ status: 'cancelled', reason: 'recalled' });
      expect(await editor().replace(edit)).toMatchObject({ started: true });
      expect(await editor().replace(edit)).toMatchObject({ started: false });
      await client.cancel({ ...edit.request, by: 'dora' });
    });
  });

  it('gives the place to one of two that are asked for at once', async () => {
    const request = payoutRequest(large);
    await (await harness.start(request)).untilStatus('awaiting-approval');
    const edit = (reference: string) =>
      client
        .replace({
          tenant: request.tenant,
          reference: request.reference,
          by: 'dora',
          request: { ...request, reference },
        })
        .then(
          ({ started }) => (started ? reference : 'not started'),
          (error: unknown) => (error as { readonly code?: string }).code,
        );
    const references = [`ref-${randomUUID()}`, `ref-${randomUUID()}`] as const;
    const answers = await Promise.all(references.map(edit));
    const { replacedBy } = await client.get(request);
    expect(new Set(answers)).toEqual(new Set([replacedBy, 'payout_closed']));
    // Nor by a start of one's own.
    const other = references.find((reference) => reference !== replacedBy) ?? '';
    const started = await harness.start({ ...request, reference: other, replaces: request.reference });
    expect(await started.handle.result()).toMatchObject({ status: 'rejected', reason: 'request_invalid' });
    await client.cancel({ ...request, reference: replacedBy ?? '', by: 'dora' });
  });

  it('starts nothing in the place of a payout that was paid, is under way or is unknown', async () => {
    const paid = payoutRequest();
    await (await harness.start(paid)).handle.result();
    const successor = (replaces: string) => payoutRequest({ replaces });
    await expect(
      client.replace({
        tenant: paid.tenant,
        reference: paid.reference,
        by: 'dora',
        request: successor(paid.reference),
      }),
    ).rejects.toMatchObject({ code: 'payout_closed' });
    const open = payoutRequest(large);
    const waiting = await harness.start(open);
    await waiting.untilStatus('awaiting-approval');
    // Also when somebody starts it without the client.
    for (const reference of [paid.reference, open.reference, 'never-started']) {
      const started = await harness.start(successor(reference));
      expect(await started.handle.result()).toMatchObject({ status: 'rejected', reason: 'request_invalid' });
    }
    await client.cancel({ ...open, by: 'olga' });
    const after = await harness.start(successor(open.reference));
    expect(await after.handle.result()).toMatchObject({ status: 'paid', replaces: open.reference });
  });
});
