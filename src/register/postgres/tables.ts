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
  /** How the newest run of a payout stands; told after the fact. */
  'payouts.states': {
    tenant_folded: Fixed<string>;
    reference_folded: Fixed<string>;
    run_id: string;
    run_started_at: Date;
    events: number;
    status: string;
    final: boolean;
    money_moved: string;
    reason: string | null;
    held_reason: string | null;
    account: string | null;
    source_amount: string | null;
    source_currency: string | null;
    destination_amount: string | null;
    destination_currency: string | null;
    rate: string | null;
    fee_amount: string | null;
    fee_currency: string | null;
    returned_amount: string | null;
    returned_currency: string | null;
    provider_payout_id: string | null;
    provider_status: string | null;
    snapshot: unknown;
    updated_at: Date;
    written_at: Clock;
    /** When Temporal closed the run, and as what. */
    closed_at: Date | null;
    closed_as: string | null;
  };
  /** Timelines of all runs; a reset makes a second one. */
  'payouts.events': {
    tenant_folded: Fixed<string>;
    reference_folded: Fixed<string>;
    run_id: Fixed<string>;
    seq: Fixed<number>;
    at: Date;
    type: string;
    status: string;
    code: string | null;
    actor: string | null;
    note: string | null;
  };
  'payouts.provider_ids': {
    account: Fixed<string>;
    provider_payout_id: Fixed<string>;
    tenant_folded: Fixed<string>;
    reference_folded: Fixed<string>;
    entered_at: Fixed<Date, undefined>;
  };
  'payouts.successors': {
    tenant_folded: Fixed<string>;
    replaced_folded: Fixed<string>;
    reference_folded: Fixed<string>;
    taken_at: Fixed<Date, undefined>;
    asked_at: Clock;
  };
  'payouts.account_states': {
    workflow_id: Fixed<string>;
    account: Fixed<string>;
    paused: boolean;
    since: Date;
    actor: string;
    reason: string | null;
    told_at: Date;
    written_at: Clock;
  };
  'payouts.progress': { name: Fixed<string>; reached: Date; written_at: Clock };
  /** Kysely's, of migrations that were carried out. */
  'payouts.schema_versions': { name: Fixed<string, never> };
};

/** What is told apart when a row is refused. */
export const constraints = {
  attemptOfIntent: 'attempts_intent',
  attemptKey: 'attempts_key',
} as const;
