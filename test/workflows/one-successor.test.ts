import { randomUUID } from 'node:crypto';
import { createPayoutClient } from '../../src/client/create-payout-client';
import type { PayoutClient } from '../../src/client/payout-client';
import { successorWorkflowId } from '../../src/contract/workflow-ids';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutSnapshot } from '../../src/domain/payout-snapshot';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { resetToStart } from '../support/reset-to-start';
import { accepted, failed, scriptedProvider } from '../support/scripted-provider';
import type { ScriptedProvider } from '../support/scripted-provider';

let provider: ScriptedProvider;
let harness: PayoutHarness;
let client: PayoutClient;
beforeAll(async () => {
  provider = scriptedProvider({ submits: [accepted()] });
  harness = await startHarness(installationOf(provider));
  client = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
});
afterAll(() => harness.stop());

const large = { amount: { value: '5000.00', side: 'source' } } as const;

/** A payout that ended unpaid, for no payout in particular. */
async function endedUnpaid(changes: Partial<PayoutRequest> = {}): Promise<PayoutRequest> {
  const request = payoutRequest({ ...large, ...changes });
  await (await harness.start(request)).untilStatus('awaiting-approval');
  await client.cancel({ ...request, by: 'olga' });
  return request;
}

const resultOf = async ({ tenant, reference }: PayoutRequest): Promise<PayoutSnapshot> => {
  await client.outcome({ tenant, reference, timeoutMs: 30_000 });
  return client.get({ tenant, reference });
};

const whyRefused = async (request: PayoutRequest): Promise<string | undefined> =>
  (await client.timeline(request)).find(({ type }) => type === 'planned')?.note;

const sends = (): number => provider.calls.filter(({ kind }) => kind === 'submit').length;

describe('one successor', () => {
  it('is paid of fifty that want the place at once, however they are started; the others are told who has it', async () => {
    const replaced = await endedUnpaid();
    const before = sends();
    const wanting = Array.from({ length: 50 }, () => payoutRequest({ replaces: replaced.reference }));
    const starts = wanting.map(async (request, index) => {
      if (index % 3 === 0) return (await harness.start(request)).handle.workflowId;
      if (index % 3 === 1) return (await client.start(request)).workflowId;
      const { replaces: _, ...edit } = request;
      const { tenant, reference } = replaced;
      try {
        return (await client.replace({ tenant, reference, by: 'dora', request: edit })).workflowId;
      } catch (error) {
        expect(error).toMatchObject({ code: 'payout_closed' });
        return (error as Error).message;
      }
    });
    const answers = await Promise.all(starts);
    const { replacedBy = '' } = await client.get(replaced);
    expect(wanting.map(({ reference }) => reference)).toContain(replacedBy);
    const ends = await Promise.all(
      wanting.map(async (request, index) => {
        if (answers[index]?.includes('was not started')) return 'not started';
        const { status, reason } = await resultOf(request);
        if (status === 'rejected') expect(reason).toBe('request_invalid');
        else expect(request.reference).toBe(replacedBy);
        return status;
      }),
    );
    expect(ends.filter((status) => status === 'paid')).toHaveLength(1);
    expect(sends() - before).toBe(1);
    const refused = wanting.find((_, index) => ends[index] === 'rejected');
    if (refused === undefined) throw new Error('nobody was refused');
    expect(await whyRefused(refused)).toBe(`replaces: ${replacedBy} has taken its place`);
    for (const answer of answers.filter((said) => said.includes(' takes its place')))
      expect(answer).toContain(`${replacedBy} takes its place`);
  });

  it('holds for a payout that the provider refused, and for one that was recalled for nobody', async () => {
    const ended = [];
    for (const end of ['refused', 'recalled'] as const) {
      const request = payoutRequest(end === 'recalled' ? large : {});
      if (end === 'recalled') {
        await (await harness.start(request)).untilStatus('awaiting-approval');
        await client.recall({ ...request, by: 'dora' });
      } else {
        const refusing = await startHarness(
          installationOf(
            scriptedProvider({
              submits: [failed('refused')],
              contract: { unpaid: { settleMs: 0, watchMs: 0 } },
            }),
          ),
        );
        await (await refusing.start(request)).handle.result();
        await refusing.stop();
      }
      ended.push(request);
    }
    for (const replaced of ended) {
      const first = payoutRequest({ replaces: replaced.reference });
      const second = payoutRequest({ replaces: replaced.reference });
      await client.start(first);
      expect(await resultOf(first)).toMatchObject({ status: 'paid' });
      await client.start(second);
      expect(await resultOf(second)).toMatchObject({ status: 'rejected', reason: 'request_invalid' });
      expect(await client.get(replaced)).toMatchObject({ replacedBy: first.reference });
    }
  });

  it('is not a payout that is refused for another reason: the place stays free', async () => {
    const replaced = await endedUnpaid();
    const unroutable = payoutRequest({ replaces: replaced.reference, account: 'no-such-account' });
    await client.start(unroutable);
    expect(await resultOf(unroutable)).toMatchObject({ status: 'rejected', reason: 'no_route' });
    expect(await client.get(replaced)).not.toHaveProperty('replacedBy');
    const next = payoutRequest({ replaces: replaced.reference });
    await client.start(next);
    expect(await resultOf(next)).toMatchObject({ status: 'paid' });
  });

  it('stays the successor when it ends unpaid: the next edit replaces that one', async () => {
    const replaced = await endedUnpaid();
    const first = await endedUnpaid({ replaces: replaced.reference });
    const past = payoutRequest({ replaces: replaced.reference });
    await client.start(past);
    expect(await resultOf(past)).toMatchObject({ status: 'rejected' });
    const next = payoutRequest({ replaces: first.reference });
    await client.start(next);
    expect(await resultOf(next)).toMatchObject({ status: 'paid', replaces: first.reference });
    expect(await client.get(first)).toMatchObject({ replacedBy: next.reference });
    expect(await client.get(replaced)).toMatchObject({ replacedBy: first.reference });
    const { tenant, reference } = replaced;
    await expect(
      client.replace({ tenant, reference, by: 'dora', request: payoutRequest() }),
    ).rejects.toMatchObject({
      code: 'payout_closed',
      message: expect.stringContaining(`${first.reference} takes its place`) as string,
    });
  });

  it('is itself after a reset, and after a start that was repeated', async () => {
    const replaced = await endedUnpaid();
    const successor = payoutRequest({ ...large, replaces: replaced.reference });
    const payout = await harness.start(successor);
    await payout.untilStatus('awaiting-approval');
    await resetToStart(harness, payout);
    await payout.untilStatus('awaiting-approval');
    expect(await client.get(replaced)).toMatchObject({ replacedBy: successor.reference });
    await client.cancel({ ...successor, by: 'olga' });
  });

  it('is meant by a name in other case, and nobody takes its own place in other case', async () => {
    const name = `Order-${randomUUID()}`;
    const replaced = await endedUnpaid({ reference: name });
    const self = payoutRequest({ reference: name.toUpperCase(), replaces: name });
    await expect(client.start(self)).rejects.toMatchObject({ code: 'reference_reused' });
    const first = payoutRequest({ replaces: name.toUpperCase() });
    const second = payoutRequest({ replaces: name.toLowerCase() });
    await client.start(first);
    expect(await resultOf(first)).toMatchObject({ status: 'paid' });
    await client.start(second);
    expect(await resultOf(second)).toMatchObject({ status: 'rejected' });
    expect(await client.get(replaced)).toMatchObject({ replacedBy: first.reference });
  });

  it('is one per tenant: the same reference of another tenant is another place', async () => {
    const reference = `ref-${randomUUID()}`;
    for (const tenant of ['acme', 'other']) {
      const replaced = await endedUnpaid({ tenant, reference });
      const next = payoutRequest({ tenant, replaces: reference });
      await client.start(next);
      expect(await resultOf(next)).toMatchObject({ status: 'paid' });
      expect(await client.get(replaced)).toMatchObject({ replacedBy: next.reference });
    }
  });

  it('is nobody while it cannot be read whose the place is', async () => {
    const replaced = await endedUnpaid();
    const { tenant, reference } = replaced;
    // Somebody's own workflow of that name, which names no payout.
    await harness.client.workflow.start('successorWorkflow', {
      workflowId: successorWorkflowId(`payout/${tenant}/${reference}`),
      taskQueue: harness.taskQueue,
    });
    const next = payoutRequest({ replaces: reference });
    const payout = await harness.start(next);
    const { status, held } = await payout.until('held', (state) => state.held !== undefined);
    expect([status, held?.reason]).toEqual(['received', 'unexpected_failure']);
    await client.cancel({ ...next, by: 'olga' });
  });
});
