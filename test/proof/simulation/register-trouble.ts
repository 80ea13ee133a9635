import type { Register, RegisterUnavailable } from '../../../src/register/register';
import { createMemoryRegister } from '../../support/memory-register';
import type { MemoryRegister, RegisterBackup, RegisterTrouble } from '../../support/memory-register';
import { createDraws } from '../../support/seeded-draws';
import type { WorkerProcess } from '../temporal-model/worker-process';
import type { World } from '../temporal-model/world';

/** What happens to the register in one run. Times are counted from the start of the payout. */
export type RegisterTroublePlan = {
  /** When it does not answer. */
  readonly outages: readonly { readonly fromMs: number; readonly lastsMs: number }[];
  /** How often something is done and nobody hears of it. */
  readonly lostRate: number;
  /** An older backup takes its place, at a moment, or when a send has just been handed to a worker. */
  readonly restore?: { readonly backUpAtMs: number; readonly atMs: number } | 'at-hand-out';
  /** Somebody has marked another text under our key. An engineer takes it away long after. */
  readonly hasOtherText?: true;
  /** The payout is started again after Temporal has forgotten it. */
  readonly secondLife?: SecondLifePlan;
};

export type SecondLifePlan = {
  /** Between the end of the first life and the second. */
  readonly afterMs: number;
  /** For so long the register is away when it begins. */
  readonly awayForMs: number;
  /** Somebody wishes to cancel it a second later. */
  readonly isCancelled: boolean;
};

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Draws of its own: the other seeds' days stay as they are without it. An older backup and a second life are never drawn together:
 * nothing finds out yet that a register was restored, and then the claim of a forgotten run is simply not there.
 */
export function drawRegisterTrouble(seed: number, endsAfterMs: number): RegisterTroublePlan | undefined {
  const draws = createDraws(Math.imul(seed, 0x85eb_ca6b) ^ 0x0c1a_1b0e);
  if (!draws.chance(0.05)) return undefined;
  const kind = draws.oneOf([
    'away',
    'lost',
    'restored',
    'restored',
    'other-text',
    'second-life',
    'second-life',
  ]);
  const isTroubled = kind === 'away' || kind === 'lost' || draws.chance(0.3);
  const outages = Array.from({ length: isTroubled ? 1 + draws.below(3) : 0 }, () => ({
    fromMs: draws.chance(0.4) ? 0 : draws.below(draws.oneOf([100, 2_000, minute, endsAfterMs])),
    lastsMs: 50 + draws.below(draws.oneOf([500, 10_000, 10 * minute, 2 * hour])),
  }));
  const plan = { outages, lostRate: kind === 'lost' || draws.chance(0.2) ? 0.3 : 0 };
  switch (kind) {
    case 'restored': {
      if (draws.chance(0.5)) return { ...plan, restore: 'at-hand-out' };
      const backUpAtMs = draws.chance(0.5) ? 0 : draws.below(draws.oneOf([50, 200, 2_000]));
      const atMs = backUpAtMs + draws.below(draws.oneOf([50, 200, 2_000, 20 * minute, endsAfterMs]));
      return { ...plan, restore: { backUpAtMs, atMs } };
    }
    case 'other-text':
      return { ...plan, hasOtherText: true };
    case 'second-life': {
      const awayForMs = draws.chance(0.4) ? draws.below(20 * minute) : 0;
      const afterMs = draws.oneOf([day, 8 * day, 31 * day, 90 * day]);
      return { ...plan, secondLife: { afterMs, awayForMs, isCancelled: draws.chance(0.3) } };
    }
    default:
      return plan;
  }
}

/** A send is written within seconds after it was marked. */
const toleranceMs = 15_000;
/** What an adapter waits for at most. */
const longestWaitMs = 5_000;

const otherBodyHash = 'f'.repeat(64);
const unavailable: RegisterUnavailable = { kind: 'unavailable', note: 'simulated' };
const rowOf = (key: string, bodyHash: string): string => `${key} ${bodyHash}`;

/** `holds.recheckMs` of the installation at most, and the time that a local activity may take. */
const longestRecheckMs = 20 * minute;

/**
 * The register of the simulated installation, and who judges by it. Without trouble it answers at once, and draws nothing; in
 * trouble every call is a round trip that a process can die in.
 */
export class TroubledRegister {
  readonly #world: World;
  readonly #plan: RegisterTroublePlan | undefined;
  readonly #store: MemoryRegister = createMemoryRegister();
  readonly #startedAt: number;
  #isOver = false;
  #awayUntil = 0;
  #backup: RegisterBackup;
  #restoredAt: number | undefined;
  #hasOtherText = false;
  #hadOtherText = false;
  /** When each key and text was marked last. */
  readonly #marked = new Map<string, number>();

  constructor(world: World, plan: RegisterTroublePlan | undefined) {
    this.#world = world;
    this.#plan = plan;
    this.#startedAt = world.now;
    this.#backup = this.#store.backUp();
    const { restore } = plan ?? {};
    if (restore === undefined || restore === 'at-hand-out') return;
    world.after(restore.backUpAtMs, () => (this.#backup = this.#store.backUp()));
    world.after(restore.atMs, () => this.#restore());
  }

  /** As one process sees it. */
  seenFrom(process: WorkerProcess): Register {
    if (this.#plan === undefined) return this.#noting(this.#store);
    const ask =
      <Asked, Answer>(statement: (asked: Asked) => Promise<Answer | RegisterUnavailable>) =>
      async (asked: Asked): Promise<Answer | RegisterUnavailable> =>
        this.#roundTrip(process, async () => statement(asked));
    const store = this.#noting(this.#store);
    return {
      claimIntent: ask(async (claim) => store.claimIntent(claim)),
      enterAttempt: ask(async (attempt) => store.enterAttempt(attempt)),
      markSent: ask(async (mark) => store.markSent(mark)),
    };
  }

  /** A send was handed to a worker, and has not been marked. */
  handedOut(): void {
    if (this.#plan?.restore !== 'at-hand-out' || this.#isOver) return;
    if (this.#restoredAt === undefined && this.#world.chance(0.5))
      this.#world.after(this.#world.between(0, 30), () => this.#restore());
  }

  /** Somebody comes back after Temporal has forgotten it. */
  beginSecondLife({ awayForMs }: SecondLifePlan): void {
    this.#awayUntil = this.#world.now + awayForMs;
  }

  stopFaults(): void {
    this.#isOver = true;
  }

  /** It has been there for longer than anybody waits before asking it again. */
  isBackForLong(): boolean {
    return this.#world.now > this.#awayUntil + longestRecheckMs;
  }

  /** An engineer takes the foreign text away; the operators come after that. */
  repair(): void {
    if (!this.#hasOtherText) return;
    this.#hasOtherText = false;
    this.#world.log('the other text is taken out of the register');
    const { attempts, ...rest } = this.#store.backUp();
    const ours = [...attempts].filter(([, { bodyHash }]) => bodyHash !== otherBodyHash);
    this.#store.restore({ ...rest, attempts: new Map(ours) });
  }

  hasIntent(originalRunId: string): boolean {
    return this.#store.intents.some((intent) => intent.originalRunId === originalRunId);
  }

  /** Why a text may not be written under a key now; absent when it may. */
  problemOfWrite(key: string, bodyHash: string, resolves: boolean): string | undefined {
    const row = this.#store.attempts.find((attempt) => attempt.key === key);
    if (row?.isMarked === true && row.bodyHash === bodyHash) return undefined;
    // A send that finds out goes through where the register cannot be asked.
    if (resolves && row?.isMarked === true && this.#isEverAway) return undefined;
    if (row?.isMarked === true) return 'I12: the register has another text as sent under the key';
    if (resolves || this.#wasForgotten(rowOf(key, bodyHash))) return undefined;
    return 'I12: sent without a mark in the register';
  }

  get #isEverAway(): boolean {
    const { outages = [], lostRate = 0 } = this.#plan ?? {};
    return outages.length > 0 || lostRate > 0;
  }

  /** It was marked, and an older backup took its place just now. */
  #wasForgotten(row: string): boolean {
    const markedAt = this.#marked.get(row);
    if (markedAt === undefined || this.#restoredAt === undefined) return false;
    return this.#restoredAt >= markedAt && this.#world.now - markedAt <= toleranceMs;
  }

  /** What the register says in the end, beside what was written and the one run that has the reference. */
  problemsOfEnd(
    written: readonly { readonly key: string; readonly lastAt: number }[],
    { reference, originalRunId, debits }: { reference: string; originalRunId: string; debits: number },
  ): readonly string[] {
    const problems: string[] = [];
    for (const { key, lastAt } of written) {
      const isThere = this.#store.attempts.some((attempt) => attempt.key === key && attempt.isMarked);
      if (!isThere && (this.#restoredAt ?? -Infinity) < lastAt - toleranceMs)
        problems.push('I12: a key that the provider saw is not in the register');
    }
    const [intent, ...more] = this.#store.intents.filter((one) => one.reference === reference);
    if (more.length > 0) problems.push('I12: two intents for one reference');
    if (intent !== undefined && intent.originalRunId !== originalRunId)
      problems.push('I12: the intent is another run’s');
    if (debits > 0 && intent === undefined && this.#restoredAt === undefined)
      problems.push('I12: a debit without an intent');
    return problems;
  }

  /** The same, noting what was marked, and meddling with it where that is planned. */
  #noting(store: MemoryRegister): Register {
    return {
      claimIntent: async (claim) => store.claimIntent(claim),
      enterAttempt: async (attempt) => store.enterAttempt(attempt),
      markSent: async (mark) => {
        if (this.#plan?.hasOtherText === true && !this.#hadOtherText) {
          const other = { ...mark, bodyHash: otherBodyHash };
          await store.enterAttempt(other);
          // It is not there where the register does not know the intent, or has ours marked already.
          if ((await store.markSent(other)).kind === 'marked') {
            this.#world.count('register-other-text');
            this.#hasOtherText = true;
            this.#hadOtherText = true;
          }
        }
        const answer = await store.markSent(mark);
        if (answer.kind === 'marked') this.#marked.set(rowOf(mark.key, mark.bodyHash), this.#world.now);
        return answer;
      },
    };
  }

  #restore(): void {
    if (this.#isOver) return;
    this.#world.count('register-restored');
    this.#restoredAt = this.#world.now;
    this.#store.restore(this.#backup);
  }

  #troubleNow(): RegisterTrouble {
    const { outages, lostRate } = this.#plan ?? { outages: [], lostRate: 0 };
    const { now } = this.#world;
    const sinceMs = now - this.#startedAt;
    const isAway =
      now < this.#awayUntil ||
      (!this.#isOver &&
        outages.some(({ fromMs, lastsMs }) => sinceMs >= fromMs && sinceMs < fromMs + lastsMs));
    if (isAway) {
      this.#world.count('register-away');
      return 'away';
    }
    return !this.#isOver && this.#world.fault('register-answer-lost', lostRate) ? 'lost' : 'none';
  }

  /** What the database does happens in its own moment, whatever becomes of the process that asked. */
  #roundTrip<Answer>(
    process: WorkerProcess,
    statement: () => Promise<Answer>,
  ): Promise<Answer | RegisterUnavailable> {
    const world = this.#world;
    return new Promise((resolve) => {
      const answered = (afterMs: number, answer: Answer | RegisterUnavailable): void =>
        void world.after(afterMs, () => process.enter(() => resolve(answer)));
      const quicklyOrNot = (): number =>
        world.chance(0.5) ? world.between(1, 20) : world.between(500, longestWaitMs);
      world.after(world.between(1, 5), () => {
        const trouble = this.#troubleNow();
        if (trouble === 'away') {
          answered(quicklyOrNot(), unavailable);
          return;
        }
        void statement().then((answer) =>
          answered(
            trouble === 'lost' ? quicklyOrNot() : world.between(1, 5),
            trouble === 'lost' ? unavailable : answer,
          ),
        );
      });
    });
  }
}
