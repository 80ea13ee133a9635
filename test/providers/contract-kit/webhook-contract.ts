import type { WebhookDelivery } from '../../../src/providers/provider';
import type { ContractSetup } from './contract-setup';
import type { ContractSubject } from './contract-subject';

/** What reading webhooks must do, whoever the provider is: one delivery of the simulator, genuine and then forged. */
export function describeWebhookContract(setup: ContractSetup, subject: () => ContractSubject): void {
  /** The webhook that says that a payout was paid, as it was received. */
  async function paidWebhook(): Promise<{
    readonly delivery: WebhookDelivery;
    readonly key: string;
    readonly providerPayoutId: string;
  }> {
    const provider = subject().provider();
    const attempt = await subject().freeze(provider);
    const { paid = '' } = setup.words;
    subject().simulator.simulator.script({
      match: { callerKey: attempt.key },
      steps: [{ status: paid, afterMs: 1_000 }],
    });
    const reply = await subject().submit(provider, attempt);
    if (reply.kind !== 'accepted') throw new Error('not accepted');
    subject().simulator.advanceClock(1_000);
    const delivery = await subject().webhook(({ rawBody }) => rawBody.includes(`"${paid}"`));
    return {
      delivery: { ...delivery, receivedAt: subject().simulator.now() },
      key: attempt.key,
      providerPayoutId: reply.providerPayoutId,
    };
  }

  describe('a webhook', () => {
    it('that is genuine names the payout and its status', async () => {
      const { delivery, key, providerPayoutId } = await paidWebhook();
      const reading = subject().provider().readWebhook(delivery);
      expect(reading).toMatchObject({ kind: 'genuine', status: 'paid', eventId: expect.any(String) });
      if (reading.kind !== 'genuine') return;
      expect(reading.providerPayoutId === providerPayoutId || reading.key === key).toBe(true);
      expect([providerPayoutId, undefined]).toContain(reading.providerPayoutId);
      expect([key, undefined]).toContain(reading.key);
      // Delivered again, it is the same event.
      expect(subject().provider().readWebhook(delivery)).toEqual(reading);
    });

    it('that was changed in any byte of its body is refused', async () => {
      const { delivery } = await paidWebhook();
      const { rawBody } = delivery;
      const forgeries = [
        `${rawBody} `,
        rawBody.slice(0, -1),
        '',
        ...Array.from(
          { length: rawBody.length },
          (_, at) => `${rawBody.slice(0, at)}${rawBody[at] === '0' ? '1' : '0'}${rawBody.slice(at + 1)}`,
        ),
      ];
      const provider = subject().provider();
      for (const forged of forgeries) {
        expect(provider.readWebhook({ ...delivery, rawBody: forged }).kind).toBe('refused');
      }
    });

    it('that lacks any one of the headers that sign it, or has it empty, is refused', async () => {
      const { delivery } = await paidWebhook();
      const provider = subject().provider();
      const names = Object.keys(delivery.headers).filter((name) => /signature|timestamp/.test(name));
      const without = (...dropped: readonly string[]): string => {
        const kept = Object.entries(delivery.headers).filter(([name]) => !dropped.includes(name));
        return provider.readWebhook({ ...delivery, headers: Object.fromEntries(kept) }).kind;
      };
      expect(without(...names)).toBe('refused');
      expect(provider.readWebhook({ ...delivery, headers: {} }).kind).toBe('refused');
      const timestamps = names.filter((name) => name.includes('timestamp'));
      const signatures = names.filter((name) => name.includes('signature'));
      expect(without(...signatures)).toBe('refused');
      if (timestamps.length > 0) expect(without(...timestamps)).toBe('refused');
      const emptied = { ...delivery.headers, ...Object.fromEntries(signatures.map((name) => [name, ''])) };
      expect(provider.readWebhook({ ...delivery, headers: emptied }).kind).toBe('refused');
    });

    it('that is signed with another secret is refused', async () => {
      const { delivery } = await paidWebhook();
      expect(subject().provider({ credentials: 'wrong' }).readWebhook(delivery).kind).toBe('refused');
    });

    it('never throws, whatever comes', () => {
      const provider = subject().provider();
      const headerSets: readonly WebhookDelivery['headers'][] = [
        {},
        { 'x-signature': 'é', 'x-timestamp': '\u0000' },
        { constructor: 'x' },
      ];
      for (const headers of headerSets) {
        for (const rawBody of ['', 'null', '\ud800', '{"__proto__":1}']) {
          expect(provider.readWebhook({ headers, rawBody, receivedAt: 0 }).kind).toBe('refused');
        }
      }
    });
  });
}
