import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { accepted, read, scriptedProvider } from '../support/scripted-provider';

describe('a payout that nothing disturbs', () => {
  it('is paid, with a gapless timeline', async () => {
    const provider = scriptedProvider({ submits: [accepted()], statuses: [read('paid', 'completed')] });
    const harness = await startHarness(installationOf(provider));
    try {
      const payout = await harness.start(payoutRequest());
      const final = (await payout.handle.result()) as Awaited<ReturnType<typeof payout.snapshot>>;
      expect(final).toMatchObject({
        status: 'paid',
        final: true,
        moneyMoved: 'yes',
        providerPayoutId: 'prov-1',
      });
      const timeline = await payout.timeline();
      expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, index) => index + 1));
      expect(final.events).toBe(timeline.length);
    } finally {
      await harness.stop();
    }
  });
});
