/**
 * What every register has to do, whatever it is made of. References are drawn, so that a register that outlives one run of the
 * tests is as good as a new one.
 */
import { randomUUID } from 'node:crypto';
import type {
  AttemptEntry,
  ClaimAnswer,
  IntentClaim,
  Register,
  RegisterUnavailable,
  SendMark,
} from '../../src/register/register';

export type OpenRegister = {
  readonly register: Register;
  readonly close: () => Promise<void>;
};

const hex = (digit: string): string => digit.repeat(64);

const claimOf = (changes: Partial<IntentClaim> = {}): IntentClaim => {
  const reference = changes.reference ?? `order-${randomUUID()}`;
  return {
    tenant: 'acme',
    reference,
    workflowId: `payout/acme/${reference.toLowerCase()}`,
    originalRunId: randomUUID(),
    requestDigest: hex('a'),
    requestedBy: 'dora',
    mode: 'sandbox',
    account: 'main',
    amount: { value: '125.00', currency: 'USDT' },
    payee: hex('b'),
    startedAt: 1_790_000_000_000,
    ...changes,
  };
};
const attemptOf = (
  { tenant, reference }: IntentClaim,
  changes: Partial<AttemptEntry> = {},
): AttemptEntry => ({
  tenant,
  reference,
  account: 'main',
  generation: 1,
  key: `key-of-${reference}`,
  bodyHash: hex('c'),
  ...changes,
});
const markOf = (claim: IntentClaim, changes: Partial<SendMark> = {}): SendMark => ({
  ...attemptOf(claim),
  originalRunId: claim.originalRunId,
  ...changes,
});

/** `open` gives a register that nothing has happened to; it may hold what others entered. */
export function describeRegister(name: string, open: () => Promise<OpenRegister>): void {
  describe(`the register (${name})`, () => {
    let opened: OpenRegister;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened.close();
    });
    const register = (): Register => opened.register;
    const claimed = async (changes: Partial<IntentClaim> = {}): Promise<IntentClaim> => {
      const claim = claimOf(changes);
      expect(await register().claimIntent(claim)).toEqual({ kind: 'claimed' });
      return claim;
    };

    describe('a claim', () => {
      it('is the first one’s, whenever it is asked again', async () => {
        const claim = await claimed();
        expect(await register().claimIntent(claim)).toEqual({ kind: 'claimed' });
        expect(await register().claimIntent(claim)).toEqual({ kind: 'claimed' });
      });

      it('is refused to another run of the same workflow id, and names the first', async () => {
        const first = await claimed();
        const second = {
          ...first,
          originalRunId: randomUUID(),
          requestDigest: hex('d'),
          startedAt: 1_799_000_000_000,
        };
        const by = {
          reference: first.reference,
          workflowId: first.workflowId,
          originalRunId: first.originalRunId,
          requestDigest: first.requestDigest,
          startedAt: first.startedAt,
        };
        expect(await register().claimIntent(second)).toEqual({ kind: 'taken', by });
        expect(await register().claimIntent(second)).toEqual({ kind: 'taken', by });
        expect(await register().claimIntent(first)).toEqual({ kind: 'claimed' });
      });

      it('is refused to another writing of the reference, and shows how the first one wrote it', async () => {
        const first = await claimed({ reference: `Order-${randomUUID()}` });
        for (const reference of [first.reference.toLowerCase(), first.reference.toUpperCase()]) {
          const other = {
            ...first,
            reference,
            workflowId: `payout/acme/${reference}`,
            originalRunId: randomUUID(),
          };
          expect(await register().claimIntent(other)).toMatchObject({
            kind: 'taken',
            by: { reference: first.reference, originalRunId: first.originalRunId },
          });
        }
      });

      it('is another one for another tenant', async () => {
        const first = await claimed();
        expect(
          await register().claimIntent({ ...first, tenant: 'other', originalRunId: randomUUID() }),
        ).toEqual({ kind: 'claimed' });
      });

      it('keeps a successor’s, and the longest of all texts', async () => {
        await claimed({ replaces: `order-${randomUUID()}` });
        await claimed({ reference: randomUUID().padEnd(64, 'x'), requestedBy: 'x'.repeat(128) });
      });

      it('of fifty at once is one’s, and all others are told whose', async () => {
        for (let round = 0; round < 5; round += 1) {
          const { reference } = claimOf();
          const claims = Array.from({ length: 50 }, () => claimOf({ reference }));
          const answers = await Promise.all(claims.map(async (claim) => register().claimIntent(claim)));
          const winners = claims.filter((_claim, index) => answers[index]?.kind === 'claimed');
          expect(winners).toHaveLength(1);
          const others = answers.filter(isTaken);
          expect(others).toHaveLength(49);
          expect(new Set(others.map(({ by }) => by.originalRunId))).toEqual(
            new Set(winners.map(({ originalRunId }) => originalRunId)),
          );
        }
      });

      it('of one run, twenty times at once, is its own every time', async () => {
        const claim = claimOf();
        const answers = await Promise.all(
          Array.from({ length: 20 }, async () => register().claimIntent(claim)),
        );
        expect(answers).toEqual(answers.map(() => ({ kind: 'claimed' })));
      });
    });

    describe('an attempt', () => {
      it('is entered for a claimed intent, whenever it is asked again', async () => {
        const claim = await claimed();
        expect(await register().enterAttempt(attemptOf(claim))).toEqual({ kind: 'entered' });
        expect(await register().enterAttempt(attemptOf(claim))).toEqual({ kind: 'entered' });
      });

      it('is not, for an intent that nobody claimed', async () => {
        expect(await register().enterAttempt(attemptOf(claimOf()))).toEqual({ kind: 'unknown-intent' });
      });

      it('is found in whichever case the reference is written', async () => {
        const claim = await claimed({ reference: `Order-${randomUUID()}` });
        const folded = { reference: claim.reference.toLowerCase() };
        expect(await register().enterAttempt(attemptOf(claim, folded))).toEqual({ kind: 'entered' });
        expect(await register().markSent(markOf(claim))).toEqual({ kind: 'marked' });
        expect(await register().enterAttempt(attemptOf(claim, { ...folded, bodyHash: hex('e') }))).toEqual({
          kind: 'conflict',
        });
      });

      it('gives way to another text until its first send is marked', async () => {
        const claim = await claimed();
        await register().enterAttempt(attemptOf(claim));
        const priced = { bodyHash: hex('e') };
        expect(await register().enterAttempt(attemptOf(claim, priced))).toEqual({ kind: 'entered' });
        expect(await register().markSent(markOf(claim))).toEqual({ kind: 'conflict' });
        expect(await register().markSent(markOf(claim, priced))).toEqual({ kind: 'marked' });
      });

      it('stays once it is marked: no other body and no other key', async () => {
        const claim = await claimed();
        await register().enterAttempt(attemptOf(claim));
        expect(await register().markSent(markOf(claim))).toEqual({ kind: 'marked' });
        for (const change of [{ bodyHash: hex('e') }, { key: 'another key' }]) {
          expect(await register().enterAttempt(attemptOf(claim, change))).toEqual({ kind: 'conflict' });
          expect(await register().markSent(markOf(claim, change))).toEqual({ kind: 'conflict' });
        }
        expect(await register().enterAttempt(attemptOf(claim))).toEqual({ kind: 'entered' });
        expect(await register().markSent(markOf(claim))).toEqual({ kind: 'marked' });
      });

      it('is one for each account and generation', async () => {
        const claim = await claimed();
        const others = [{ generation: 2 }, { account: 'second' }, { generation: 3, account: 'second' }];
        for (const change of [{}, ...others]) {
          const own = { ...change, key: `key-${JSON.stringify(change)}`.slice(0, 60), bodyHash: hex('f') };
          expect(await register().enterAttempt(attemptOf(claim, own))).toEqual({ kind: 'entered' });
          expect(await register().markSent(markOf(claim, own))).toEqual({ kind: 'marked' });
        }
      });

      it('is one text where two are entered at once and both are sent', async () => {
        for (let round = 0; round < 10; round += 1) {
          const claim = await claimed();
          const texts = [hex('1'), hex('2'), hex('3')];
          const sent = await Promise.all(
            texts.map(async (bodyHash) => {
              await register().enterAttempt(attemptOf(claim, { bodyHash }));
              return register().markSent(markOf(claim, { bodyHash }));
            }),
          );
          expect(sent.filter(({ kind }) => kind === 'marked').length).toBeLessThanOrEqual(1);
          expect(sent.filter(({ kind }) => kind !== 'marked' && kind !== 'conflict')).toEqual([]);
        }
      });
    });

    describe('the mark of a first send', () => {
      it('is refused where nobody claimed the intent, or entered the attempt', async () => {
        expect(await register().markSent(markOf(claimOf()))).toEqual({ kind: 'unknown-attempt' });
        const claim = await claimed();
        expect(await register().markSent(markOf(claim))).toEqual({ kind: 'unknown-attempt' });
        await register().enterAttempt(attemptOf(claim));
        expect(await register().markSent(markOf(claim, { generation: 2 }))).toEqual({
          kind: 'unknown-attempt',
        });
      });

      it('is refused to a run that does not have the intent', async () => {
        const claim = await claimed();
        await register().enterAttempt(attemptOf(claim));
        expect(await register().markSent(markOf(claim, { originalRunId: randomUUID() }))).toEqual({
          kind: 'conflict',
        });
        expect(await register().markSent(markOf(claim))).toEqual({ kind: 'marked' });
      });

      it('is the same every time, also for twenty at once', async () => {
        const claim = await claimed();
        await register().enterAttempt(attemptOf(claim));
        const answers = await Promise.all(
          Array.from({ length: 20 }, async () => register().markSent(markOf(claim))),
        );
        expect(answers).toEqual(answers.map(() => ({ kind: 'marked' })));
      });
    });
  });
}

const isTaken = (
  answer: ClaimAnswer | RegisterUnavailable,
): answer is Extract<ClaimAnswer, { readonly kind: 'taken' }> => answer.kind === 'taken';
