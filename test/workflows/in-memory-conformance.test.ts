/** The same story told to the in-memory client and to the real one on a real server: they must answer alike. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { createPayoutClient, PayoutClientError } from '../../src/client';
import type { PayoutClient } from '../../src/client';
import { createInMemoryPayouts } from '../../src/client/testing';
import { exampleRequest } from '../support/example-request';
import { testTemporalAddress, withPayoutWorker } from '../support/payout-worker';

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: testTemporalAddress() });
});
afterAll(async () => connection.close());

const reference = `conform-${randomUUID()}`;
const address = { tenant: 'acme', reference };
const request = exampleRequest({ reference });
const evidence = { by: 'alice', decision: 'approve' } as const;

/** What a call came to, without what differs between two installations. */
async function said(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof PayoutClientError)) throw error;
    const { code, refusal } = error as PayoutClientError & { readonly refusal?: string };
    return refusal === undefined ? { code } : { code, refusal };
  }
}

async function story(
  client: PayoutClient,
  ends: () => Promise<unknown>,
): Promise<Readonly<Record<string, unknown>>> {
  const told: Record<string, unknown> = {};
  const tell = async (what: string, call: () => Promise<unknown>): Promise<void> => {
    told[what] = await said(call);
  };
  await tell('nobody', async () => client.get(address));
  await tell('invalid', async () => client.start({ ...request, amount: { value: '0', side: 'source' } }));
  await tell('start', async () => withoutRun(await client.start(request)));
  await tell('again', async () => withoutRun(await client.start(request)));
  await tell('other content', async () => client.start({ ...request, purpose: 'another' }));
  await tell('other case', async () => client.start({ ...request, reference: reference.toUpperCase() }));
  await ends();
  const view = await client.get(address);
  const digest = view.approval?.digest ?? '';
  told['asked'] = {
    status: view.status,
    moneyMoved: view.moneyMoved,
    mayDecide: view.approval?.mayDecide,
    required: view.approval?.required,
    final: view.final,
  };
  await tell('outcome', async () => {
    const { status, final, moneyMoved } = await client.outcome(address);
    return { status, final, moneyMoved };
  });
  await tell('not held', async () => client.resume({ ...address, by: 'erin' }));
  await tell('not unresolved', async () =>
    client.resolve({ ...address, by: 'erin', action: 'confirm', proposal: 'ab12' }),
  );
  await tell('requester', async () => client.decide({ ...address, ...evidence, by: 'dana', digest }));
  await tell('stranger', async () => client.decide({ ...address, ...evidence, by: 'mallory', digest }));
  await tell('other digest', async () => client.decide({ ...address, ...evidence, digest: 'other' }));
  await tell('first', async () => client.decide({ ...address, ...evidence, digest }));
  await tell('first again', async () => client.decide({ ...address, ...evidence, by: ' ALICE', digest }));
  await tell('recall by another', async () => client.recall({ ...address, by: 'erin' }));
  await tell('cancel', async () => client.cancel({ ...address, by: 'erin', reason: 'a typo' }));
  await tell('end', async () => {
    const { status, final, moneyMoved, closed } = await client.outcome({ ...address, timeoutMs: 30_000 });
    return { status, final, moneyMoved, closed };
  });
  await closed(client);
  await tell('cancel an ended one', async () => client.cancel({ ...address, by: 'erin' }));
  await tell('first after the end', async () => client.decide({ ...address, ...evidence, digest }));
  await tell('reason', async () => (await client.get(address)).reason);
  await tell('listed', async () => {
    // Lists lag behind by fractions of a second.
    for (;;) {
      for await (const payout of client.list({ limit: 50, tenant: 'acme' })) {
        const { status, final, moneyMoved } = payout;
        if (payout.reference === reference && final)
          return { status: typeof status, final: typeof final, moneyMoved: typeof moneyMoved };
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  });
  await tell('not paused', async () =>
    client.resumeAccount({ account: `never-${reference.slice(-8)}`, by: 'erin' }),
  );
  return told;
}

const withoutRun = ({ runId, ...started }: { readonly runId?: string }) => ({
  ...started,
  hasRun: runId !== undefined,
});

/** The run of a payout that ended is over a moment later. */
async function closed(client: PayoutClient): Promise<void> {
  for await (const _ of client.events({ ...address, pollMs: 20 })) continue;
}

it('both tell the same', async () => {
  const memory = createInMemoryPayouts();
  const inMemory = await story(memory.client, async () =>
    memory.payout(address).askPeople({ levels: [{ people: ['alice', 'bob'], quorum: 2 }] }),
  );
  const real = await withPayoutWorker({ approvals: 2 }, async ({ taskQueue }) => {
    const client = createPayoutClient({ client: new Client({ connection }), taskQueue });
    return story(client, async () => {
      for (;;) {
        if ((await client.outcome(address)).status === 'awaiting-approval') return;
        await new Promise((done) => setTimeout(done, 50));
      }
    });
  });
  expect(inMemory).toEqual(real);
});
