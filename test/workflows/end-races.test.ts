import { randomInt } from 'node:crypto';
import { inspect } from 'node:util';
import { createPayoutClient } from '../../src/client/create-payout-client';
import type { PayoutClient } from '../../src/client/payout-client';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { PayoutHarness } from '../support/payout-harness';
import { installationOf, installedPolicy, payoutRequest, startHarness } from '../support/payout-harness';
import { accepted, scriptedProvider } from '../support/scripted-provider';
import { createDraws } from '../support/seeded-draws';

/**
 * Messages that meet the end of a run, on the real server: whatever comes first, each is told the truth, and the run can be
 * replayed afterwards. `PAYOUTS_RACES=1000` runs so many of each.
 */
const races = Number(process.env['PAYOUTS_RACES'] ?? 20);
const sideBySide = 10;
const seed = Number(process.env['PAYOUTS_RACES_SEED'] ?? randomInt(2 ** 31));
const draws = createDraws(seed);
process.stdout.write(`races at the end draw from PAYOUTS_RACES_SEED=${seed}\n`);

let harness: PayoutHarness;
let client: PayoutClient;
beforeAll(async () => {
  const people = ['alice', 'bob', 'carol'];
  const policy = installedPolicy({
    schema: 1,
    label: 'races at the end',
    people: people.map((id) => ({ id })),
    roles: { payments: people },
    rules: [],
    otherwise: { kind: 'approve', levels: [{ role: 'payments', quorum: 1, deadlineMs: 3_600_000 }] },
  });
  harness = await startHarness(installationOf(scriptedProvider({ submits: [accepted()] }), { policy }));
  client = createPayoutClient({ client: harness.client, taskQueue: harness.taskQueue });
});
afterAll(() => harness.stop());

type Asked = { readonly request: PayoutRequest; readonly digest: string };

/** What a payout can be told, in words of one line each. */
const messages = {
  approve: ({ request, digest }: Asked) =>
    client.decide({ ...request, by: 'alice', decision: 'approve', digest }).then(() => 'counted'),
  reject: ({ request, digest }: Asked) =>
    client.decide({ ...request, by: 'bob', decision: 'reject', digest }).then(() => 'counted'),
  'approve by another': ({ request, digest }: Asked) =>
    client.decide({ ...request, by: 'carol', decision: 'approve', digest }).then(() => 'counted'),
  cancel: ({ request }: Asked) => client.cancel({ ...request, by: 'olga' }),
  recall: ({ request }: Asked) => client.recall({ ...request, by: 'dora' }),
  resume: ({ request }: Asked) => client.resume({ ...request, by: 'olga' }).then(() => 'resumed'),
  resolve: ({ request }: Asked) =>
    client
      .resolve({ ...addressOf(request), by: 'olga', action: 'keep-waiting', reason: 'none' })
      .then(() => 'resolved'),
  get: ({ request }: Asked) => client.get(request).then(() => 'read'),
  timeline: ({ request }: Asked) => client.timeline(request).then(() => 'read'),
} as const;
type Message = keyof typeof messages;

const addressOf = ({ tenant, reference }: PayoutRequest) => ({ tenant, reference });

/** The answer, the refusal or the error's code; of what nobody expects all that it says. */
const answerOf = (answer: Promise<string>): Promise<string> =>
  answer.catch((error: unknown) => {
    const { code, refusal } = error as { readonly code?: string; readonly refusal?: string };
    return refusal ?? (code === 'payout_closed' ? code : inspect(error));
  });

/** What an open payout may say no with, and what an ended one says. */
const honest: Readonly<Record<Message, readonly string[]>> = {
  approve: ['counted', 'too_late', 'payout_closed'],
  reject: ['counted', 'too_late', 'payout_closed'],
  'approve by another': ['counted', 'too_late', 'payout_closed'],
  cancel: ['cancelled', 'too-late', 'payout_closed'],
  recall: ['cancelled', 'too-late', 'payout_closed'],
  resume: ['not_held', 'payout_closed'],
  resolve: ['not_unresolved', 'payout_closed'],
  get: ['read'],
  timeline: ['read'],
};

async function asked(): Promise<Asked> {
  const request = payoutRequest();
  const payout = await harness.start(request);
  const { approval } = await payout.until('asked', (state) => state.approval?.open === true);
  return { request, digest: approval?.digest ?? '' };
}

/** One payout that hears all of it within `spreadMs`; the answers, and where it ended. */
async function race(told: readonly Message[], spreadMs: number) {
  const about = await asked();
  const answers = await Promise.all(
    told.map(async (message) => {
      await new Promise((resolve) => setTimeout(resolve, draws.below(spreadMs + 1)));
      return [message, await answerOf(messages[message](about))] as const;
    }),
  );
  const { status } = await client.outcome({ ...addressOf(about.request), timeoutMs: 30_000 });
  // A run that has ended answers by replaying its history.
  const timeline = await client.timeline(about.request);
  return { answers, status, timeline };
}

const truths: Readonly<Partial<Record<`${Message}: ${string}`, string>>> = {
  'reject: counted': 'rejected',
  'cancel: cancelled': 'cancelled',
  'recall: cancelled': 'cancelled',
};

/**
 * Questions are asked beside one message each: beside several, the SDK itself can write a history that it cannot replay
 * (docs/failure-modes.md, "Questions while a local activity is open").
 */
const ends: readonly (readonly [string, readonly Message[]])[] = [
  ['a rejection', ['reject', 'approve', 'cancel', 'recall', 'resume', 'resolve']],
  ['a cancellation', ['cancel', 'recall', 'reject', 'resume']],
  ['a rejection, and a cancellation alone', ['reject', 'cancel']],
  ['two approvals and a payment', ['approve', 'approve by another', 'resume']],
  ['an approval and a cancellation', ['approve', 'cancel', 'approve by another']],
  ['a rejection, and questions', ['reject', 'get', 'timeline']],
  ['a cancellation, and questions', ['cancel', 'get', 'timeline']],
  ['an approval and a payment, and questions', ['approve', 'get', 'timeline']],
];

describe.each(ends)('%s', (_name, told) => {
  it.each([0, 15])(
    'within %i ms: each answer is true or payout_closed, and the run can be replayed',
    async (spreadMs) => {
      const closed: string[] = [];
      for (let done = 0; done < races; done += sideBySide) {
        const runs = await Promise.all(
          Array.from({ length: Math.min(sideBySide, races - done) }, () => race(told, spreadMs)),
        );
        for (const { answers, status, timeline } of runs) {
          for (const [message, answer] of answers) {
            expect([message, honest[message]]).toEqual([message, expect.arrayContaining([answer])]);
            const truth = truths[`${message}: ${answer}`];
            if (truth !== undefined) expect([message, answer, status]).toEqual([message, answer, truth]);
            if (answer === 'too-late') expect(status).not.toBe('cancelled');
            if (answer === 'payout_closed') closed.push(message);
          }
          expect(timeline.at(-1)?.status).toBe(status);
        }
      }
      process.stdout.write(`${told.join(', ')} within ${spreadMs} ms: ${closed.length} met a closed run\n`);
    },
    180_000,
  );
});
