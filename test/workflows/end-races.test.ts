import { randomUUID } from 'node:crypto';
import { createPayoutClient } from '../../src/client/payout-client';
import type { PayoutClient } from '../../src/client/payout-client';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { accepted, scriptedProvider } from '../support/scripted-provider';

let harness: PayoutHarness;
let client: PayoutClient;
beforeAll(async () => {
  harness = await startHarness(installationOf(scriptedProvider({ submits: [accepted()] })));
  client = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
});
afterAll(() => harness.stop());

const large = { amount: { value: '5000.00', side: 'source' } } as const;
const answer = (call: Promise<unknown>): Promise<string> =>
  call.then(
    (value) => (typeof value === 'object' ? JSON.stringify(value).slice(0,9) : String(value)),
    (error: unknown) => {
      const { code, refusal } = error as { readonly code?: string; readonly refusal?: string };
      return refusal ?? code ?? String(error);
    },
  );

it('experiment', async () => {
  const counts = new Map<string, number>();
  const note = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  (globalThis as any).raw = (t: string) => note(`RAW ${t}`);
  for (let round = 0; round < 6; round += 1) {
    await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const request = payoutRequest(large);
        const payout = await harness.start(request);
        const { approval } = await payout.until('asked', (state) => state.approval?.open === true);
        const digest = approval?.digest ?? '';
        const later = async <T>(ms: number, call: () => Promise<T>): Promise<T> => {
          await new Promise((resolve) => setTimeout(resolve, ms));
          return call();
        };
        const verbs: [string, () => Promise<unknown>][] = [
          ['cancel', () => client.cancel({ ...request, by: 'olga' })],
          ['recall', () => client.recall({ ...request, by: 'dora' })],
          ['decide', () => client.decide({ ...request, by: 'bob', decision: 'approve', digest })],
          ['resume', () => client.resume({ ...request, by: 'bob' })],
          ['resolve', () => client.resolve({ ...request, by: 'bob', action: 'keep-waiting' })],
          ['get', () => client.get(request)],
          ['timeline', () => client.timeline(request)],
        ];
        const first = client.decide({ ...request, by: 'alice', decision: 'reject', digest });
        await Promise.all([
          answer(first).then((said) => note(`reject: ${said}`)),
          ...verbs.map(async ([verb, call], index) =>
            note(`${verb}: ${(await answer(later(Math.random() * 8 + (round % 3) * 4, call))).slice(0, 60)}`),
          ),
        ]);
      }),
    );
  }
  require('node:fs').writeFileSync('/tmp/succ-counts.txt', [...counts].sort().map(([what, count]) => `${count} ${what}`).join('\n'));
}, 120_000);
