import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * Written out in full and never changed again: it was carried out in databases that nobody here knows. Later tables refer
 * to an intent by (tenant_folded, reference_folded), to an attempt by its primary key.
 *
 * Texts compare by bytes ("C"): an index must not change its order with an update of the operating system.
 */
export async function up(db: Kysely<never>): Promise<void> {
  // An administrator may have made it: its owner then needs no right to make schemas ("if not exists" would ask for it).
  await sql`
do $$
begin
  if to_regnamespace('payouts') is null then
    create schema payouts;
  end if;
end
$$`.execute(db);

  await sql`
create table payouts.intents (
  tenant_folded text collate "C" not null,
  reference_folded text collate "C" not null,
  tenant text collate "C" not null,
  reference text collate "C" not null,
  workflow_id text collate "C" not null,
  original_run_id text collate "C" not null,
  request_digest text collate "C" not null check (request_digest ~ '^[0-9a-f]{64}$'),
  requested_by text not null,
  mode text not null check (mode in ('live', 'sandbox')),
  account text collate "C" not null,
  amount numeric not null check (amount > 0 and amount < 1e18),
  currency text collate "C" not null,
  payee_mac bytea not null check (octet_length(payee_mac) = 32),
  payee_key_id text collate "C" not null,
  replaces text collate "C",
  started_at timestamptz not null,
  claimed_at timestamptz not null default clock_timestamp(),
  asked_at timestamptz not null default clock_timestamp(),
  primary key (tenant_folded, reference_folded),
  check (tenant_folded = translate(tenant, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')),
  check (reference_folded = translate(reference, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'))
)`.execute(db);

  await sql`
create table payouts.attempts (
  tenant_folded text collate "C" not null,
  reference_folded text collate "C" not null,
  account text collate "C" not null,
  generation integer not null check (generation >= 0),
  key text collate "C" not null,
  body_hash text collate "C" not null check (body_hash ~ '^[0-9a-f]{64}$'),
  entered_at timestamptz not null default clock_timestamp(),
  asked_at timestamptz not null default clock_timestamp(),
  first_sent_at timestamptz,
  first_sent_run_id text collate "C",
  primary key (tenant_folded, reference_folded, account, generation),
  constraint attempts_key unique (account, key),
  constraint attempts_intent foreign key (tenant_folded, reference_folded) references payouts.intents,
  check ((first_sent_at is null) = (first_sent_run_id is null))
)`.execute(db);

  // Whoever may write, and whatever a program of ours believes: what was sent stays as it was sent.
  await sql`
create function payouts.keep_what_was_sent() returns trigger language plpgsql as $$
begin
  if old.first_sent_at is not null
    and (new.key, new.body_hash, new.first_sent_at, new.first_sent_run_id)
      is distinct from (old.key, old.body_hash, old.first_sent_at, old.first_sent_run_id)
  then
    raise exception 'an attempt that was sent cannot be changed' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$`.execute(db);

  await sql`
create trigger attempts_keep_what_was_sent before update on payouts.attempts
for each row execute function payouts.keep_what_was_sent()`.execute(db);

  await sql`
create view payouts.payouts_intents as
select tenant, reference, workflow_id, original_run_id as run_id, mode, account, amount, currency,
  requested_by, replaces, started_at, claimed_at
from payouts.intents`.execute(db);

  await sql`
create view payouts.payouts_attempts as
select intents.tenant, intents.reference, attempts.account, attempts.generation, attempts.key as attempt_key,
  attempts.body_hash, attempts.entered_at, attempts.first_sent_at, attempts.first_sent_run_id
from payouts.attempts
join payouts.intents using (tenant_folded, reference_folded)`.execute(db);

  // What became of payouts, told by workers after the fact: nothing is sent or refused on the word of a state.
  // One row for an intent: how its newest run stands. `snapshot` is what anybody may see of a payout, as `get` gives it.
  await sql`
create table payouts.states (
  tenant_folded text collate "C" not null,
  reference_folded text collate "C" not null,
  run_id text collate "C" not null,
  run_started_at timestamptz not null,
  events integer not null check (events >= 1),
  status text collate "C" not null,
  final boolean not null,
  money_moved text collate "C" not null check (money_moved in ('no', 'unknown', 'yes')),
  reason text collate "C",
  held_reason text collate "C",
  account text collate "C",
  source_amount numeric,
  source_currency text collate "C",
  destination_amount numeric,
  destination_currency text collate "C",
  rate numeric,
  fee_amount numeric,
  fee_currency text collate "C",
  returned_amount numeric,
  returned_currency text collate "C",
  provider_payout_id text collate "C",
  provider_status text,
  snapshot jsonb not null,
  updated_at timestamptz not null,
  written_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  closed_as text collate "C",
  primary key (tenant_folded, reference_folded),
  constraint states_intent foreign key (tenant_folded, reference_folded) references payouts.intents
)`.execute(db);

  // A reset makes a second timeline; the one that counts is of the run that "states" names, up to its "events".
  await sql`
create table payouts.events (
  tenant_folded text collate "C" not null,
  reference_folded text collate "C" not null,
  run_id text collate "C" not null,
  seq integer not null check (seq >= 1),
  at timestamptz not null,
  type text collate "C" not null,
  status text collate "C" not null,
  code text,
  actor text,
  note text,
  primary key (tenant_folded, reference_folded, run_id, seq),
  constraint events_intent foreign key (tenant_folded, reference_folded) references payouts.intents
)`.execute(db);

  await sql`
create table payouts.provider_ids (
  account text collate "C" not null,
  provider_payout_id text collate "C" not null,
  tenant_folded text collate "C" not null,
  reference_folded text collate "C" not null,
  entered_at timestamptz not null default clock_timestamp(),
  primary key (account, provider_payout_id),
  constraint provider_ids_intent foreign key (tenant_folded, reference_folded) references payouts.intents
)`.execute(db);

  await sql`
create table payouts.successors (
  tenant_folded text collate "C" not null,
  replaced_folded text collate "C" not null,
  reference_folded text collate "C" not null,
  taken_at timestamptz not null default clock_timestamp(),
  asked_at timestamptz not null default clock_timestamp(),
  primary key (tenant_folded, replaced_folded),
  constraint successors_intent foreign key (tenant_folded, reference_folded) references payouts.intents
)`.execute(db);

  await sql`
create table payouts.account_states (
  workflow_id text collate "C" not null primary key,
  account text collate "C" not null,
  paused boolean not null,
  since timestamptz not null,
  actor text not null,
  reason text,
  told_at timestamptz not null,
  written_at timestamptz not null default clock_timestamp()
)`.execute(db);

  // How far the runs that Temporal has closed were looked through.
  await sql`
create table payouts.progress (
  name text collate "C" not null primary key,
  reached timestamptz not null,
  written_at timestamptz not null default clock_timestamp()
)`.execute(db);

  await sql`create index intents_by_start on payouts.intents (started_at desc, tenant_folded, reference_folded)`.execute(
    db,
  );
  await sql`create index intents_by_payee on payouts.intents (payee_mac, started_at desc)`.execute(db);

  await sql`
create view payouts.payouts_states as
select intents.tenant, intents.reference, intents.workflow_id, states.run_id, intents.mode,
  coalesce(states.account, intents.account) as account, intents.amount, intents.currency, intents.requested_by,
  states.status, states.final, states.money_moved, states.reason, states.held_reason,
  states.source_amount, states.source_currency, states.destination_amount, states.destination_currency, states.rate,
  states.fee_amount, states.fee_currency, states.returned_amount, states.returned_currency,
  states.provider_payout_id, states.provider_status, intents.replaces, intents.started_at, states.updated_at,
  states.closed_at, states.closed_as, states.snapshot
from payouts.states
join payouts.intents using (tenant_folded, reference_folded)`.execute(db);

  await sql`
create view payouts.payouts_events as
select intents.tenant, intents.reference, events.run_id, events.seq, events.at, events.type, events.status, events.code,
  events.actor, events.note, coalesce(events.run_id = states.run_id and events.seq <= states.events, false) as counts
from payouts.events
join payouts.intents using (tenant_folded, reference_folded)
left join payouts.states using (tenant_folded, reference_folded)`.execute(db);

  await sql`
create view payouts.payouts_decisions as
select tenant, reference, seq, at, type, code as decision, actor as person, note
from payouts.payouts_events
where counts and type in ('approval-decided', 'approval-refused', 'resolution-proposed', 'resolution-confirmed',
  'resolution-rejected', 'resolution-refused', 'resolution-voided', 'cancel-requested')`.execute(db);

  await sql`
create view payouts.payouts_holds as
select tenant, reference, seq, at, type, code as held_reason, actor as person, note
from payouts.payouts_events
where counts and type in ('held', 'released', 'escalated', 'kept-waiting')`.execute(db);

  await sql`
create view payouts.payouts_provider_ids as
select provider_ids.account, provider_ids.provider_payout_id, intents.tenant, intents.reference, provider_ids.entered_at
from payouts.provider_ids
join payouts.intents using (tenant_folded, reference_folded)`.execute(db);

  await sql`
create view payouts.payouts_successors as
select intents.tenant, successors.replaced_folded as replaced, intents.reference, successors.taken_at
from payouts.successors
join payouts.intents using (tenant_folded, reference_folded)`.execute(db);

  await sql`
create view payouts.payouts_accounts as
select account, workflow_id, paused, since, actor as person, reason
from payouts.account_states`.execute(db);
}
