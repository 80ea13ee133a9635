import { createUndiciSender } from '../../src/http/undici-sender';
import { createWatchmanScreener } from '../../src/screening/watchman-screener';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import {
  buildWithinMs,
  startRealWatchman,
  watchmanBinary,
  watchmanCanary,
  watchmanEntries,
} from '../support/real-watchman';
import type { RealWatchman } from '../support/real-watchman';
import { accepted, scriptedProvider } from '../support/scripted-provider';
import type { ScriptedProvider } from '../support/scripted-provider';

/** Payouts on the real server whose beneficiaries a real Watchman screens, which dies in the middle. */
const sender = createUndiciSender();
let watchman: RealWatchman | undefined;
let harness: PayoutHarness | undefined;
let provider: ScriptedProvider;

beforeAll(async () => {
  const found = await watchmanBinary();
  if (!('path' in found)) {
    process.stderr.write(`Not tested with a real Watchman: ${found.missing}\n`);
    return;
  }
  watchman = await startRealWatchman(found.path);
  provider = scriptedProvider({ submits: [accepted()] });
  harness = await startHarness(
    installationOf(provider, {
      holds: { recheckMs: 1_000, deadlineMs: 3_600_000 },
      screener: createWatchmanScreener({
        settings: {
          baseUrl: watchman.baseUrl,
          reviewFrom: 0.69,
          lists: { us_ofac: { atLeast: watchmanEntries, canary: watchmanCanary } },
          maxListAgeMs: 86_400_000,
          canaryEveryMs: 60_000,
          timeoutMs: 2_000,
        },
        send: sender.send,
        now: () => Date.now(),
      }),
    }),
  );
}, buildWithinMs);
afterAll(async () => {
  await harness?.stop();
  await watchman?.stop();
  await sender.close();
});

const submits = (): number => provider.calls.filter(({ kind }) => kind === 'submit').length;
const named = (name: string) =>
  payoutRequest({ beneficiary: { method: 'bank-account', name, account: { accountNumber: '1234567890' } } });

it('refuses the listed, pays the others, holds everybody while Watchman is dead, and goes on by itself when it is back', async () => {
  if (harness === undefined || watchman === undefined) return;
  const listed = await harness.start(named('Arkady Denisovich Vostrikov'));
  // Nobody may let a similar name go here: it is refused, too.
  const similar = await harness.start(named('Arkady Denisovich Vostriko'));
  const clear = await harness.start(payoutRequest());
  expect(await clear.handle.result()).toMatchObject({ status: 'paid' });
  for (const payout of [listed, similar])
    expect(await payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'screening_hit' });
  expect(submits()).toBe(1);

  const waiting = await harness.start(payoutRequest({ amount: { value: '5000.00', side: 'source' } }));
  const { approval } = await waiting.until('asked', (state) => state.approval?.open === true);
  await watchman.kill();
  // In mid-run: some begin without a screener, one is to be screened again before its send.
  const held = await Promise.all(Array.from({ length: 5 }, async () => harness?.start(payoutRequest())));
  for (const by of ['alice', 'bob']) {
    await waiting.handle.executeUpdate<unknown, [unknown]>('decide', {
      args: [{ schema: 1, by, decision: 'approve', digest: approval?.digest }],
    });
  }
  for (const payout of [...held, waiting])
    await payout?.until('held', (state) => state.held?.reason === 'screening_unavailable');
  expect(submits()).toBe(1);

  await watchman.restart();
  for (const payout of [...held, waiting])
    expect(await payout?.handle.result()).toMatchObject({ status: 'paid' });
  expect(submits()).toBe(7);
});
