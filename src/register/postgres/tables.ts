import type { ColumnType, Generated } from 'kysely';

/** Everything of the register is in one schema of its own: nothing is found by a search path. */
export const registerSchema = 'payouts';

/** Written once. */
type Fixed<Read, Written = Read> = ColumnType<Read, Written, never>;
/** By the database's own clock. */
type Clock = Generated<Date>;

/**
 * The tables as the newest migration leaves them, by their whole names; what may be updated here is what the role of workers may update. */
export type RegisterTables = {
  'payouts.intents': {
    tenant_folded: Fixed<string>;
    reference_folded: Fixed<string>;
    /** As they were written. */
    tenant: Fixed<string>;
    reference: Fixed<string>;
    workflow_id: Fixed<string>;
    original_run_id: Fixed<string>;
    request_digest: Fixed<string>;
    requested_by: Fixed<string>;
    mode: Fixed<string>;
    account: Fixed<string>;
    amount: Fixed<string>;
    currency: Fixed<string>;
    payee_mac: Fixed<Buffer>;
    payee_key_id: Fixed<string>;
    replaces: Fixed<string | null>;
    started_at: Fixed<Date>;
    claimed_at: Fixed<Date, undefined>;
    asked_at: Clock;
  };
  'payouts.attempts': {
    tenant_folded: Fixed<string>;
    reference_folded: Fixed<string>;
    account: Fixed<string>;
    generation: Fixed<number>;
    /** Both may change until the first send is marked: a trigger keeps what was sent. */
    key: string;
    body_hash: string;
    entered_at: Fixed<Date, undefined>;
    asked_at: Clock;
    first_sent_at: ColumnType<Date | null, undefined, Date>;
    first_sent_run_id: ColumnType<string | null, undefined, string>;
  };
  /** Kysely's, of migrations that were carried out. */
  'payouts.schema_versions': { name: Fixed<string, never> };
};

/** What is told apart when a row is refused. */
export const constraints = {
  attemptOfIntent: 'attempts_intent',
  attemptKey: 'attempts_key',
} as const;
