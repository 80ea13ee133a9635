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

  it('says in its timeline what was read in another writing, and what is doubtful, without values', async () => {
    const provider = scriptedProvider({ submits: [accepted()], statuses: [read('paid', 'completed')] });
    const harness = await startHarness(installationOf(provider));
    try {
      const account = { accountNumber: 'de89 3704 0044 0532 0130 00' };
      const payout = await harness.start(
        payoutRequest({ beneficiary: { method: 'bank-account', name: 'Juan dela Cruz', account } }),
      );
      await payout.handle.result();
      const planned = (await payout.timeline()).find(({ type }) => type === 'planned');
      expect(planned?.note).toMatch(
        /; beneficiary\.account\.accountNumber was read in its normal form; warning: beneficiary\.account\.accountNumber: is an IBAN of another country than the destination$/,
      );
      expect(planned?.note).not.toMatch(/de89|0440532/i);
    } finally {
      await harness.stop();
    }
  });
});
