import type { Client } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { createPayoutClient } from '../../src/client';

type Sent = { readonly args: readonly [Record<string, unknown>]; readonly updateId: string };

/** As much of Temporal's client as a decision needs; it keeps what was sent. */
function keepingClient(answers: readonly (string | undefined)[] = []): {
  readonly client: Client;
  readonly sent: Sent[];
} {
  const sent: Sent[] = [];
  const client = {
    connection: {},
    withAbortSignal: async (_signal: unknown, call: () => unknown) => call(),
    withDeadline: async (_deadline: unknown, call: () => unknown) => call(),
    workflow: {
      getHandle: () => ({
        executeUpdate: async (_definition: unknown, options: Sent) => {
          const refusal = answers[sent.length];
          sent.push(options);
          if (refusal !== undefined)
            throw new WorkflowUpdateFailedError('refused', ApplicationFailure.nonRetryable('no', refusal));
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

describe('after a refusal that may have been an earlier one, kept under the decision’s id', () => {
  const sendsOf = async (
    answers: readonly (string | undefined)[],
    proof?: string,
  ): Promise<readonly string[]> => {
    const { client, sent } = keepingClient(answers);
    const command = proof === undefined ? decision : { ...decision, proof };
    await createPayoutClient({ client })
      .decide(command)
      .catch(() => undefined);
    return sent.map(({ updateId }) => updateId);
  };

  it.each([
    'proof_required',
    'proof_invalid',
    'proof_expired',
    'proof_mismatch',
    'proof_unavailable',
    'decision_unchecked',
    'role_lost',
    // Of a level or a question that was not asked then, and is now: after a reset, or a level later.
    'not_this_level',
    'digest_mismatch',
    'too_late',
  ])('%s: it is sent once more, under an id of its own', async (refusal) => {
    const [first = '', second = '', ...more] = await sendsOf([refusal, refusal], 'eyJ.eyJ.abc');
    expect(second.startsWith(`${first}-`)).toBe(true);
    expect(more).toEqual([]);
  });

  it.each(['unknown_approver', 'already_decided', 'requester_cannot_approve', 'reason_required'])(
    '%s is final',
    async (refusal) => expect(await sendsOf([refusal], 'eyJ.eyJ.abc')).toHaveLength(1),
  );

  it('without a proof, only what has nothing to do with proofs', async () => {
    expect(await sendsOf(['proof_required'])).toHaveLength(1);
    expect(await sendsOf(['role_lost'])).toHaveLength(2);
  });
});
