import type { Installation } from '../../src/activities/installation';
import type { PayoutSnapshot } from '../../src/domain/payout-snapshot';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, policyOf, startHarness } from '../support/payout-harness';
import { resetToStart } from '../support/reset-to-start';
import type { ProviderScript, ScriptedProvider } from '../support/scripted-provider';
import { accepted, contracts, failed, found, read, scriptedProvider } from '../support/scripted-provider';

const nothing = { kind: 'complete', found: [] } as const;

const harnesses: PayoutHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.stop()));
});

async function start(script: ProviderScript, changes: Partial<Installation> = {}) {
  const provider = scriptedProvider({ statuses: [read('accepted', 'pending')], ...script });
  const harness = await startHarness(installationOf(provider, changes));
  harnesses.push(harness);
  const payout = await harness.start(payoutRequest());
  return { provider, harness, payout };
}

/** What `temporal workflow reset --event-id` does: the newest run starts over from its first workflow task. */
const latest = (harness: PayoutHarness, payout: StartedPayout): StartedPayout => ({
  ...payout,
  handle: harness.client.workflow.getHandle(payout.handle.workflowId),
});
const submits = (provider: ScriptedProvider): string[] =>
  provider.calls.filter(({ kind }) => kind === 'submit').map(({ key }) => key);
const submitted = ({ status }: PayoutSnapshot): boolean => status === 'submitted';

describe('a reset to before the send', () => {
  it('recovers by a replay of the same key where the replay is the look-up', async () => {
    const { provider, harness, payout } = await start({
      submits: [accepted()],
      contract: contracts.replay,
      // Recovery waits until a send of the earlier run has certainly ended: its last write, and this.
      submitTimeoutMs: 500,
    });
    await payout.until('submitted', submitted);
    await resetToStart(harness, payout);
    await latest(harness, payout).until('submitted again', submitted);
    expect(new Set(submits(provider)).size).toBe(1);
    expect(submits(provider)).toHaveLength(2);
    const timeline = await latest(harness, payout).timeline();
    expect(timeline.find(({ type }) => type === 'outcome-unknown')?.code).toBe('run_reset');
  });

  it('recovers by a look-up, and sends nothing, where the provider can be asked', async () => {
    const { provider, harness, payout } = await start({
      submits: [accepted()],
      lookUps: [found('prov-1')],
      contract: contracts.byKey,
      submitTimeoutMs: 500,
    });
    await payout.until('submitted', submitted);
    await resetToStart(harness, payout);
    await latest(harness, payout).until('submitted again', submitted);
    expect(submits(provider)).toHaveLength(1);
  });

  // A reset run's clock does not take over the time that was skipped before, so the window is short instead.
  it.each([
    ['replay', contracts.replay],
    ['scan', contracts.scan],
  ])('is held, and sends nothing, when the key window has passed (%s)', async (_name, contract) => {
    const { provider, harness, payout } = await start({
      submits: [accepted()],
      lookUps: [nothing],
      contract: { ...contract, replay: { ...contract.replay, windowMs: 2_000 } },
    });
    await payout.until('submitted', submitted);
    await resetToStart(harness, payout);
    const reset = latest(harness, payout);
    await reset.until('unconfirmed', ({ status }) => status === 'unconfirmed');
    await reset.fastForward('40h');
    expect(submits(provider)).toHaveLength(1);
    expect(await reset.snapshot()).toMatchObject({
      status: 'unconfirmed',
      held: { reason: 'outcome_unknown' },
    });
  });

  it('is held when the earlier run sent under another key, because looking for ours would prove nothing', async () => {
    const { provider, harness, payout } = await start({
      submits: [failed('insufficient_funds'), accepted()],
      lookUps: [nothing],
      contract: { ...contracts.byKey, refusalsRemembered: true },
    });
    await payout.until('held', (state) => state.held !== undefined);
    await payout.handle.executeUpdate<unknown, [unknown]>('resume', { args: [{ schema: 1, by: 'ops' }] });
    // It looks for the refused key first, once a look-up would show it.
    await payout.fastForward('2m');
    await payout.until('submitted', submitted);
    expect(new Set(submits(provider)).size).toBe(2);
    await resetToStart(harness, payout);
    const reset = latest(harness, payout);
    await reset.until('held', (state) => state.held?.reason === 'outcome_unknown');
    await reset.fastForward('10 days');
    expect(await reset.snapshot()).toMatchObject({
      status: 'unconfirmed',
      moneyMoved: 'unknown',
      held: { reason: 'outcome_unknown', escalated: true },
    });
    expect(submits(provider)).toHaveLength(2);
    // A reset of the reset still knows.
    await resetToStart(harness, reset);
    await latest(harness, payout).until('held again', (state) => state.held?.reason === 'outcome_unknown');
    const cancelled = await latest(harness, payout).handle.executeUpdate<unknown, [unknown]>('cancel', {
      args: [{ schema: 1, by: 'dora' }],
    });
    expect(cancelled).toBe('not-known');
    expect(submits(provider)).toHaveLength(2);
  });

  describe('of a run that waits for approval', () => {
    const asking = (otherwise: number) => ({
      policy: policyOf({
        approvers: ['alice', 'bob'],
        expiresAfterMs: 3_600_000,
        thresholds: {},
        otherwise,
      }),
    });
    const approve = async (harness: PayoutHarness, payout: StartedPayout, by = 'alice'): Promise<unknown> => {
      const run = latest(harness, payout);
      const { approval } = await run.until('asked', (state) => state.approval?.open === true);
      return run.handle.executeUpdate<unknown, [unknown]>('decide', {
        args: [{ schema: 1, by, decision: 'approve', digest: approval?.digest }],
      });
    };

    it('knows what a run sent that was made from the same one, although it does not come from it', async () => {
      const { provider, harness, payout } = await start(
        {
          submits: [accepted()],
          lookUps: [found('prov-1')],
          contract: contracts.byKey,
          submitTimeoutMs: 500,
        },
        asking(1),
      );
      await payout.until('asked', ({ status }) => status === 'awaiting-approval');
      const { runId: oldest } = await payout.handle.describe();
      await resetToStart(harness, payout);
      await approve(harness, payout);
      await latest(harness, payout).until('submitted', submitted);
      await resetToStart(harness, payout, oldest);
      await approve(harness, payout);
      await latest(harness, payout).until('found', submitted);
      expect(submits(provider)).toHaveLength(1);
      await resetToStart(harness, payout, oldest);
      await latest(harness, payout).until('asked', ({ status }) => status === 'awaiting-approval');
      const answer = await latest(harness, payout).handle.executeUpdate<unknown, [unknown]>('cancel', {
        args: [{ schema: 1, by: 'dora' }],
      });
      expect(answer).not.toBe('cancelled');
      expect(submits(provider)).toHaveLength(1);
    });

    it('checks an approval again that Temporal applies anew, and counts it once people are asked', async () => {
      const { provider, harness, payout } = await start(
        { submits: [accepted()], lookUps: [found('prov-1')], contract: contracts.byKey },
        asking(2),
      );
      await approve(harness, payout);
      await resetToStart(harness, payout);
      const reset = latest(harness, payout);
      const { approval } = await reset.until(
        'counted again',
        (state) => state.approval?.approvedBy.length === 1,
      );
      expect(approval?.approvedBy).toEqual(['alice']);
      await approve(harness, payout, 'bob');
      await reset.until('submitted', submitted);
      expect(submits(provider)).toHaveLength(1);
    });
  });

  // Temporal applies the wish again in the new run, which would end before it came to a send.
  it.each([
    ['is looked up and followed', contracts.byKey, 'submitted', undefined],
    ['is held, and not sent again', contracts.replay, 'unconfirmed', 'outcome_unknown'],
  ] as const)(
    'I3: a cancelled run does not say that no money moved: what was sent before %s',
    async (_name, contract, status, heldReason) => {
      const { provider, harness, payout } = await start({
        submits: [accepted()],
        lookUps: [found('prov-1')],
        contract,
        submitTimeoutMs: 500,
      });
      await payout.until('submitted', submitted);
      const tooLate = await payout.handle.executeUpdate<unknown, [unknown]>('cancel', {
        args: [{ schema: 1, by: 'dora' }],
      });
      expect(tooLate).toBe('too-late');
      await resetToStart(harness, payout);
      const reset = await latest(harness, payout).until(
        status,
        (state) => state.status === status && state.held?.reason === heldReason,
      );
      expect(reset).toMatchObject({ moneyMoved: 'unknown', cancelRequested: true });
      expect(submits(provider)).toHaveLength(1);
    },
  );
});
