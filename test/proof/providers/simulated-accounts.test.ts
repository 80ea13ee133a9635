import { payfieldContract } from '../../../src/providers/payfield/config';
import { pontisContract } from '../../../src/providers/pontis/config';
import { syncgramContract } from '../../../src/providers/syncgram/contract';
import { parsePayoutRequest } from '../../../src/validation/payout-request-schema';
import { contracts } from '../expectations/submit-cases';
import { nothingContract } from './nothing-provider';
import { stageProvider } from './provider-stage';
import { createHosts, createSimulatedInstallation, intentOf, paymentRequest } from './simulated-accounts';
import { readLedgers } from './oracle';
import { createSmallWorld } from './small-world';
import { createVirtualNetwork } from './virtual-network';

test.each(contracts)('%s: a payout is sent, accepted, paid and found in the ledger', async (contract) => {
  const { world, provider, request, freeze, host } = stageProvider(contract);
  expect(parsePayoutRequest(request)).toMatchObject({ ok: true });
  expect(provider.problems(request)).toEqual([]);
  const attempt = freeze();
  const reply = await world.until(provider.submit(attempt, {}));
  if (reply.kind !== 'accepted') throw new Error(JSON.stringify(reply));
  expect(reply.echo.mismatched).toEqual([]);
  await world.pass(60_000);
  const { providerPayoutId } = reply;
  const status = await world.until(provider.readStatus({ attempt, providerPayoutId }, {}));
  expect(status).toMatchObject({ kind: 'read', reading: { status: 'paid', echo: { mismatched: [] } } });
  expect(readLedgers([host], [intentOf(request)]).of(intentOf(request)).standing).toEqual([providerPayoutId]);
});

test('Syncgram: a payout across currencies is priced first', async () => {
  const { world, provider, request, freeze } = stageProvider('syncgram', { quoted: true });
  expect(provider.needsQuote(request)).toBe(true);
  const quoted = provider.quote && (await world.until(provider.quote(request, {})));
  if (quoted?.kind !== 'quoted') throw new Error('no quote');
  const reply = await world.until(provider.submit(freeze(1, quoted.quote), {}));
  expect(reply.kind).toBe('accepted');
});

test('a look-up finds what was accepted, where there is one', async () => {
  for (const contract of contracts) {
    const { world, provider, freeze } = stageProvider(contract);
    const attempt = freeze();
    const firstSentAt = world.now;
    const before = provider.lookUp && (await world.until(provider.lookUp({ attempt, firstSentAt }, {})));
    await world.until(provider.submit(attempt, {}));
    const after = provider.lookUp && (await world.until(provider.lookUp({ attempt, firstSentAt }, {})));
    const found = contract === 'payfield' || contract === 'syncgram' ? [0, 1] : [undefined, undefined];
    expect(
      [before, after].map((reply) => (reply?.kind === 'complete' ? reply.found.length : undefined)),
    ).toEqual(found);
  }
});

test('the same key again: one payout where keys are remembered, two where nothing is', async () => {
  for (const contract of contracts) {
    const { world, provider, request, freeze, host } = stageProvider(contract);
    await world.until(provider.submit(freeze(), {}));
    await world.until(provider.submit(freeze(), {}));
    const { payouts } = readLedgers([host], [intentOf(request)]).of(intentOf(request));
    expect([contract, payouts.length]).toEqual([contract, contract === 'nothing' ? 2 : 1]);
  }
});

test('Syncgram forgets a key after half an hour, and then pays again', async () => {
  const { world, provider, request, freeze, host } = stageProvider('syncgram');
  await world.until(provider.submit(freeze(), {}));
  await world.pass(31 * 60_000);
  await world.until(provider.submit(freeze(), {}));
  expect(readLedgers([host], [intentOf(request)]).of(intentOf(request)).payouts).toHaveLength(2);
});

test('accounts are live, with the contracts of production untouched', () => {
  const world = createSmallWorld();
  const { send } = createVirtualNetwork({ world, hosts: [] }).attach();
  const { accounts, mode } = createSimulatedInstallation({ world, send });
  expect(mode).toBe('live');
  expect(Object.fromEntries([...accounts].map(([id, { provider }]) => [id, provider.contract]))).toEqual({
    payfield: payfieldContract,
    pontis: pontisContract,
    syncgram: syncgramContract,
    nothing: nothingContract,
  });
});

test('two references never pay one account', () => {
  const numbers = Array.from({ length: 2_000 }, (_, index) =>
    intentOf(paymentRequest({ contract: 'pontis', reference: `order-${index}` })),
  );
  expect(new Set(numbers.map(({ beneficiary }) => beneficiary)).size).toBe(2_000);
});

test('a world is cheap: thousands are made in a test run', async () => {
  const started = performance.now();
  const rounds = 200;
  for (let round = 0; round < rounds; round += 1) {
    for (const contract of contracts) {
      const { world, provider, freeze } = stageProvider(contract, { seed: round });
      const attempt = freeze();
      const reply = await world.until(provider.submit(attempt, {}));
      if (reply.kind !== 'accepted') throw new Error(reply.failure.code);
      await world.until(provider.readStatus({ attempt, providerPayoutId: reply.providerPayoutId }, {}));
    }
  }
  const ms = (performance.now() - started) / (rounds * contracts.length);
  process.stdout.write(`world, login, submit and status: ${ms.toFixed(2)} ms\n`);
  expect(createHosts()).toHaveLength(contracts.length);
});
