import type { Client } from '@temporalio/client';
import { createPayoutClient } from '../../src/client';

type Sent = { readonly args: readonly [Record<string, unknown>]; readonly updateId: string };

/** As much of Temporal's client as a decision needs; it keeps what was sent. */
function keepingClient(): { readonly client: Client; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const client = {
    connection: {},
    withAbortSignal: async (_signal: unknown, call: () => unknown) => call(),
    withDeadline: async (_deadline: unknown, call: () => unknown) => call(),
    workflow: {
      getHandle: () => ({
        executeUpdate: async (_definition: unknown, options: Sent) => {
          sent.push(options);
          return { decision: 'approve', approvals: 1, required: 1 };
        },
      }),
    },
  };
  return { client: client as unknown as Client, sent };
}

const decision = {
  tenant: 'acme',
  reference: 'r-1',
  by: 'alice',
  decision: 'approve' as const,
  digest: 'd',
};

it('a proof goes along, and the decision stays the same one: its id does not depend on which token proves it', async () => {
  const { client, sent } = keepingClient();
  const payouts = createPayoutClient({ client });
  await payouts.decide(decision);
  await payouts.decide({ ...decision, proof: 'eyJ.one.abc' });
  await payouts.decide({ ...decision, by: ' ALICE', proof: 'eyJ.two.def' });
  expect(sent.map(({ args: [message] }) => message['proof'])).toEqual([
    undefined,
    'eyJ.one.abc',
    'eyJ.two.def',
  ]);
  expect(Object.keys(sent[0]?.args[0] ?? {})).toEqual(['schema', 'by', 'decision', 'digest']);
  expect(new Set(sent.map(({ updateId }) => updateId)).size).toBe(1);
  await payouts.decide({ ...decision, digest: 'e', proof: 'eyJ.one.abc' });
  expect(new Set(sent.map(({ updateId }) => updateId)).size).toBe(2);
});

it.each(['', 'two words', 'eyJ.eyJ.abc\n', 'x'.repeat(4097)])(
  'a proof that is none is not sent (%#)',
  async (proof) => {
    const { client, sent } = keepingClient();
    await expect(createPayoutClient({ client }).decide({ ...decision, proof })).rejects.toMatchObject({
      code: 'arguments_invalid',
      message: expect.not.stringContaining(proof || 'nothing'),
    });
    expect(sent).toEqual([]);
  },
);
