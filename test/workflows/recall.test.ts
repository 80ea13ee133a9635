import { randomUUID } from 'node:crypto';
import { createPayoutClient } from '../../src/client/payout-client';
import type { PayoutClient } from '../../src/client/payout-client';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
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
  it('recalls, starts the new payout, links both, and may be repeated', async () => {
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
