-- Run as an administrator, connected to the register's database. Can be repeated.
-- Passwords are not set here, so that they are in no log: \password payouts_owner, and so on.
do $$
declare
  role text;
begin
  foreach role in array array['payouts_owner', 'payouts_worker', 'payouts_reader'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = role) then
      execute format('create role %I login nosuperuser nocreatedb nocreaterole', role);
    end if;
  end loop;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to payouts_owner, payouts_worker, payouts_reader', current_database());
  -- So that "select * from payouts_intents" is found.
  execute format('alter role payouts_reader in database %I set search_path = payouts', current_database());
end
$$;
revoke create on schema public from public;
-- The owner migrates: payouts register migrate, as payouts_owner.
grant payouts_owner to current_user;
create schema if not exists payouts authorization payouts_owner;
alter schema payouts owner to payouts_owner;
