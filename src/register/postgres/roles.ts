import { registerSchema } from './tables';
import type { RoleNames } from './rights';

/**
 * What an administrator of PostgreSQL runs once, connected to the register's database: three roles that can log in and own or
 * may do nothing yet. What worker and reader may do with the tables, `payouts register migrate` gives them as their owner.
 * It can be run again.
 */
export const rolesSql = ({
  owner,
  worker,
  reader,
}: RoleNames): string => `-- Run as an administrator, connected to the register's database. Can be repeated.
-- Passwords are not set here, so that they are in no log: \\password ${owner}, and so on.
do $$
declare
  role text;
begin
  foreach role in array array['${owner}', '${worker}', '${reader}'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = role) then
      execute format('create role %I login nosuperuser nocreatedb nocreaterole', role);
    end if;
  end loop;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to ${owner}, ${worker}, ${reader}', current_database());
  -- So that "select * from payouts_intents" is found.
  execute format('alter role ${reader} in database %I set search_path = ${registerSchema}', current_database());
end
$$;
revoke create on schema public from public;
-- The owner migrates: payouts register migrate, as ${owner}.
grant ${owner} to current_user;
create schema if not exists ${registerSchema} authorization ${owner};
alter schema ${registerSchema} owner to ${owner};
`;
