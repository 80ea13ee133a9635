import { createHash, randomUUID } from 'node:crypto';
import { createPayoutClient } from '../../src/client/create-payout-client';
import type { PayoutClient } from '../../src/client/payout-client';
import { requestDigest } from '../../src/client/start-payout';
import { payoutWorkflowId } from '../../src/contract/workflow-ids';
import {
  payoutReferenceAttribute,
  payoutStatusAttribute,
  payoutTenantAttribute,
} from '../../src/contract/search-attributes';
import { attemptKeyDigest } from '../../src/domain/attempt-key';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutHarness, StartedPayout } from '../support/payout-harness';
import { installationOf, payoutRequest, startHarness } from '../support/payout-harness';
import { resetToStart } from '../support/reset-to-start';
import { accepted, scriptedProvider } from '../support/scripted-provider';
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
const sends = (): number => provider.calls.filter(({ kind }) => kind === 'submit').length;
const inCapitals = (request: PayoutRequest): PayoutRequest => ({
  ...request,
  reference: request.reference.toUpperCase(),
});
const oldId = ({ tenant, reference }: PayoutRequest): string => `payout/${tenant}/${reference}`;

/** As an older client starts it. */
const startAsBefore = (request: PayoutRequest): Promise<unknown> =>
  harness.client.workflow.start('payoutWorkflow', {
    workflowId: oldId(request),
    taskQueue: harness.taskQueue,
    args: [{ schema: 1, request }],
    memo: { requestDigest: requestDigest(request) },
    typedSearchAttributes: [
      { key: payoutStatusAttribute, value: 'received' },
      { key: payoutTenantAttribute, value: request.tenant },
      { key: payoutReferenceAttribute, value: request.reference },
    ],
  });

/** A run of an older version of ours, which nobody works on: what a client can see of it. */
const oldRun = (request: PayoutRequest): Promise<unknown> =>
  harness.client.workflow.start('payoutWorkflow', {
    workflowId: oldId(request),
    taskQueue: `nobody-${randomUUID()}`,
    args: [{ schema: 1, request }],
    memo: { requestDigest: requestDigest(request) },
    typedSearchAttributes: [
      { key: payoutStatusAttribute, value: 'received' },
      { key: payoutTenantAttribute, value: request.tenant },
      { key: payoutReferenceAttribute, value: request.reference },
    ],
  });

describe('references that differ only by case', () => {
  it('are one payout: the second is refused, whatever else it says, and told which one exists', async () => {
    const request = payoutRequest({ reference: `Order-${randomUUID()}` });
    await client.start(request);
    for (const other of [inCapitals(request), { ...request, reference: request.reference.toLowerCase() }])
      await expect(client.start(other)).rejects.toMatchObject({
        code: 'reference_reused',
        message: expect.stringContaining(
          `exists with the reference ${request.reference}, which differs from ${other.reference} only by case`,
        ) as string,
      });
    expect(await client.start(request)).toMatchObject({ started: false });
    expect(await client.outcome({ ...request, timeoutMs: 20_000 })).toMatchObject({ status: 'paid' });
  });

  it('pay once of fifty that are started at once in many spellings', async () => {
    const letters = randomUUID().replaceAll('-', '').slice(0, 20);
    const before = sends();
    const spellings = Array.from({ length: 50 }, (_, n) =>
      Array.from(`order-${letters}`)
        .map((letter, at) => ((n >> (at % 6)) & 1 ? letter.toUpperCase() : letter))
        .join(''),
    );
    const base = payoutRequest();
    const answers = await Promise.all(
      spellings.map((reference) =>
        client.start({ ...base, reference }).then(
          () => 'started',
          (error: unknown) => (error as { readonly code?: string }).code,
        ),
      ),
    );
    expect(new Set(answers)).toEqual(new Set(['started', 'reference_reused']));
    const started = spellings.filter((_, index) => answers[index] === 'started');
    expect(new Set(started).size).toBe(1);
    const outcome = await client.outcome({ ...base, reference: spellings[0] ?? '', timeoutMs: 20_000 });
    expect(outcome).toMatchObject({ status: 'paid', reference: started[0] });
    expect(sends() - before).toBe(1);
  });

  it('address the same payout: it is shown, decided about and cancelled in any spelling', async () => {
    const request = payoutRequest({ ...large, reference: `Order-${randomUUID()}` });
    await client.start(request);
    const inOtherCase = inCapitals(request);
    await client.outcome({ ...request, timeoutMs: 500 });
    expect(await client.get(inOtherCase)).toMatchObject({ reference: request.reference });
    expect(await client.cancel({ ...inOtherCase, by: 'olga' })).toBe('cancelled');
    expect(await client.get(request)).toMatchObject({ status: 'cancelled' });
  });

  it('keep the key of the reference as it was written', async () => {
    const request = payoutRequest({ reference: `Order-${randomUUID()}` });
    await client.start(request);
    await client.outcome({ ...request, timeoutMs: 20_000 });
    const { id: installation } = installationOf(provider);
    const identity = { installation, account: 'main', mode: 'sandbox', generation: 1 } as const;
    const digest = attemptKeyDigest(
      { ...identity, tenant: request.tenant, reference: request.reference },
      (text) => createHash('sha256').update(text).digest('hex'),
    );
    expect(await client.get(request)).toMatchObject({ attempt: { key: provider.formatKey(digest) } });
  });
});

describe('a payout of an older version, whose id has capital letters', () => {
  it('is met by a start with the same content, and refuses another', async () => {
    const request = payoutRequest({ reference: `Order-${randomUUID()}` });
    await oldRun(request);
    expect(await client.start(request)).toMatchObject({ started: false, workflowId: oldId(request) });
    await expect(client.start({ ...request, ...large })).rejects.toMatchObject({ code: 'reference_reused' });
  });

  it('is found by its own reference, also beside another one in small letters', async () => {
    const request = payoutRequest({ reference: `Order-${randomUUID()}` });
    const small = { ...request, ...large, reference: request.reference.toLowerCase() };
    await oldRun(request);
    expect(await client.outcome(request)).toMatchObject({ reference: request.reference });
    await harness.start(small);
    await client.outcome({ ...small, timeoutMs: 300 });
    expect(await client.outcome(request)).toMatchObject({ reference: request.reference, status: 'received' });
    expect(JSON.parse(await client.history(request))).toHaveProperty('events');
    await client.cancel({ ...small, by: 'olga' });
  });

  it('keeps a new run from being planned beside it', async () => {
    const request = payoutRequest({ reference: `Order-${randomUUID()}` });
    await oldRun(request);
    const beside = await harness.startRaw(payoutWorkflowId(request), { schema: 1, request });
    expect(await beside.handle.result()).toMatchObject({ status: 'rejected', reason: 'request_invalid' });
    expect((await beside.timeline()).at(1)?.note).toContain(`is taken by ${oldId(request)}`);
  });

  it('is not begun any more: such an id is refused, also after a reset while the other payout is there', async () => {
    const request = payoutRequest({ ...large, reference: `Order-${randomUUID()}` });
    await startAsBefore(request);
    const payout = (await harness.startRaw(`unused-${randomUUID()}`, {})) satisfies StartedPayout;
    const handle = harness.client.workflow.getHandle(oldId(request));
    expect(await handle.result()).toMatchObject({ status: 'rejected', reason: 'request_invalid' });
    await payout.handle.result();
    const other = { ...request, reference: request.reference.toLowerCase() };
    const paidInstead = await harness.start(other);
    await paidInstead.untilStatus('awaiting-approval');
    await resetToStart(harness, { handle });
    expect(await harness.client.workflow.getHandle(oldId(request)).result()).toMatchObject({
      status: 'rejected',
      reason: 'request_invalid',
    });
    await client.cancel({ ...other, by: 'olga' });
  });
});
