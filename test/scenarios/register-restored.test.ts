/**
 * A real restore: PostgreSQL is put back to what it was before the payouts. What was sent by then is found at the provider or in
 * Temporal, what was not is entered anew, and nothing is paid twice.
 */
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { SimulatorName } from '../../src/simulators/start-simulators';
import { migrated, registerVariables } from '../register/register-on-postgres';
import { expectNothingElse, expectPaidOnce } from '../support/expect-paid';
import type { FoundPostgres } from '../support/found-postgres';
import { startFoundPostgres } from '../support/found-postgres';
import type { PayoutStage } from '../support/payout-stage';
import { isSubmit, providers, startStage } from '../support/payout-stage';

let postgres: FoundPostgres;
let stage: PayoutStage;
beforeAll(async () => {
  postgres = await startFoundPostgres();
  await migrated(postgres.address());
  stage = await startStage('register-restored', { variables: registerVariables(postgres) });
}, 120_000);
afterAll(async () => {
  await stage.stop();
  await postgres.stop();
}, 60_000);

const markedOf = async (reference: string): Promise<number> => {
  const [row] = await postgres.run(
    `select count(first_sent_at)::int as marked from payouts.payouts_attempts where reference = '${reference}'`,
  );
  return Number(row?.['marked']);
};

/** Above what the simulated team lets go without people. */
const large: Readonly<Record<SimulatorName, string>> = {
  pontis: '2500.00',
  payfield: '120000.00',
  syncgram: '1200000.00',
};

async function untilAsked({ tenant, reference }: PayoutRequest): Promise<void> {
  for await (const { type } of stage.client.events({ tenant, reference }))
    if (type === 'approval-requested') return;
  throw new Error(`nobody was asked about ${reference}`);
}

async function approve({ tenant, reference }: PayoutRequest): Promise<void> {
  for (const by of ['alice', 'bob']) {
    const { approval } = await stage.client.get({ tenant, reference });
    if (approval?.open !== true) return;
    await stage.client.decide({ tenant, reference, by, decision: 'approve', digest: approval.digest });
  }
}

test('payouts in every state meet it, and are paid once each', async () => {
  const first = stage.startWorker();
  await first.started;
  const restore = await postgres.backUp();

  const paid = providers.map((provider) => ({ provider, request: stage.request(provider) }));
  for (const { request } of paid) await stage.client.start(request);
  for (const { provider, request } of paid) await expectPaidOnce(stage, provider, request);

  // These have their claim and nothing else: people are asked about them.
  const waiting = providers.map((provider) => {
    const request = stage.request(provider);
    return { provider, request: { ...request, amount: { ...request.amount, value: large[provider] } } };
  });
  for (const { request } of waiting) await stage.client.start(request);
  for (const { request } of waiting) await untilAsked(request);

  // The provider has these, and nobody has heard so.
  const unheard = providers.map((provider) => ({
    provider,
    request: stage.request(provider),
    exchange: stage.gates[provider].stopNext({ at: 'processed', match: isSubmit[provider] }),
  }));
  for (const { request } of unheard) await stage.client.start(request);
  await Promise.all(unheard.map(({ exchange }) => exchange.reached));
  // So that all of them are still under way when it is done.
  await first.kill();
  await restore();
  expect(await postgres.run('select 1 from payouts.intents')).toEqual([]);
  for (const { request } of unheard) expect(await stage.outcome(request)).toMatchObject({ final: false });
  for (const { exchange } of unheard) exchange.cut();
  const second = stage.startWorker();
  await second.started;
  for (const { request } of waiting) await approve(request);

  for (const { provider, request } of [...unheard, ...waiting]) {
    await stage.settled(request, { throughHolds: true });
    await expectPaidOnce(stage, provider, request);
  }
  // What is sent for the first time after the restore has its row before that.
  for (const { request } of waiting) expect(await markedOf(request.reference)).toBe(1);
  // Temporal still knows those that the register has forgotten.
  for (const { request } of paid) expect(await stage.client.start(request)).toMatchObject({ started: false });
  expectNothingElse(stage, [...paid, ...unheard, ...waiting]);
  expect(await second.stop()).toBe(0);
}, 240_000);
