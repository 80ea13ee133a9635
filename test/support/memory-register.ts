/** The register's port in memory, with what happens to databases: outages, answers that are lost, and older backups. */
import { foldReference } from '../../src/domain/reference';
import type {
  AttemptAnswer,
  AttemptEntry,
  ClaimAnswer,
  ClaimedIntent,
  IntentAddress,
  IntentClaim,
  Register,
  RegisterUnavailable,
  SendAnswer,
  SendMark,
} from '../../src/register/register';

/** What one call meets: `lost`: it is done, and nobody hears so. */
export type RegisterTrouble = 'none' | 'away' | 'lost';

export type RegisteredAttempt = AttemptEntry & { readonly isMarked: boolean };

/** Everything that stood in the register at one moment. */
export type RegisterBackup = {
  readonly intents: ReadonlyMap<string, IntentClaim>;
  readonly attempts: ReadonlyMap<string, RegisteredAttempt>;
};

export type MemoryRegister = Register & {
  /** Of every call from now on; a list is for one call each, and then all is well. */
  meet(trouble: RegisterTrouble | readonly RegisterTrouble[]): void;
  backUp(): RegisterBackup;
  /** What came after the backup is forgotten. */
  restore(backup: RegisterBackup): void;
  readonly intents: readonly IntentClaim[];
  readonly attempts: readonly RegisteredAttempt[];
  /** Every call that was answered or lost, in order. */
  readonly calls: readonly (keyof Register)[];
};

const unavailable: RegisterUnavailable = { kind: 'unavailable', note: 'the register does not answer' };

export function createMemoryRegister(): MemoryRegister {
  let intents = new Map<string, IntentClaim>();
  let attempts = new Map<string, RegisteredAttempt>();
  let always: RegisterTrouble = 'none';
  let next: RegisterTrouble[] = [];
  const calls: (keyof Register)[] = [];

  async function call<T>(name: keyof Register, statement: () => T): Promise<T | RegisterUnavailable> {
    const trouble = next.shift() ?? always;
    if (trouble === 'away') return unavailable;
    calls.push(name);
    const answer = statement();
    return trouble === 'lost' ? unavailable : answer;
  }

  return {
    claimIntent: async (claim) =>
      call('claimIntent', (): ClaimAnswer => {
        const key = intentKey(claim);
        const first = intents.get(key) ?? claim;
        intents.set(key, first);
        const isOurs = first.workflowId === claim.workflowId && first.originalRunId === claim.originalRunId;
        return isOurs ? { kind: 'claimed' } : { kind: 'taken', by: claimed(first) };
      }),
    enterAttempt: async (entry) =>
      call('enterAttempt', (): AttemptAnswer => {
        if (!intents.has(intentKey(entry))) return { kind: 'unknown-intent' };
        const key = attemptKey(entry);
        const there = attempts.get(key);
        if (there?.isMarked === true)
          return isSameText(there, entry) ? { kind: 'entered' } : { kind: 'conflict' };
        attempts.set(key, { ...entry, isMarked: false });
        return { kind: 'entered' };
      }),
    markSent: async ({ originalRunId, ...entry }) =>
      call('markSent', (): SendAnswer => markIn(originalRunId, entry)),
    meet(trouble) {
      if (typeof trouble === 'string') [always, next] = [trouble, []];
      else [always, next] = ['none', [...trouble]];
    },
    backUp: () => ({ intents: new Map(intents), attempts: new Map(attempts) }),
    restore(backup) {
      intents = new Map(backup.intents);
      attempts = new Map(backup.attempts);
    },
    get intents() {
      return [...intents.values()];
    },
    get attempts() {
      return [...attempts.values()];
    },
    calls,
  };

  function markIn(originalRunId: string, entry: Omit<SendMark, 'originalRunId'>): SendAnswer {
    const intent = intents.get(intentKey(entry));
    if (intent === undefined) return { kind: 'unknown-attempt' };
    if (intent.originalRunId !== originalRunId) return { kind: 'conflict' };
    const key = attemptKey(entry);
    const there = attempts.get(key);
    if (there === undefined) return { kind: 'unknown-attempt' };
    if (!isSameText(there, entry)) return { kind: 'conflict' };
    attempts.set(key, { ...there, isMarked: true });
    return { kind: 'marked' };
  }
}

const intentKey = ({ tenant, reference }: IntentAddress): string =>
  `${tenant.toLowerCase()}/${foldReference(reference)}`;
const attemptKey = (entry: AttemptEntry): string =>
  `${intentKey(entry)}/${entry.account}/${entry.generation}`;
const isSameText = (one: AttemptEntry, other: AttemptEntry): boolean =>
  one.key === other.key && one.bodyHash === other.bodyHash;
const claimed = ({
  reference,
  workflowId,
  originalRunId,
  requestDigest,
  startedAt,
}: IntentClaim): ClaimedIntent => ({ reference, workflowId, originalRunId, requestDigest, startedAt });
