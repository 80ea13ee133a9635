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
}
