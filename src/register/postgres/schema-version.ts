import type { Kysely } from 'kysely';
import type { RegisterUnavailable } from '../register';
import { versionOf } from './migrations/register-migrations';
import type { RegisterTables } from './tables';

/** How far ahead a schema may be of the program that uses it. */
export const newerAtMost = 1;

/** 0: nothing was carried out yet. */
export async function readSchemaVersion(db: Kysely<RegisterTables>): Promise<number> {
  const row = await db
    .selectFrom('payouts.schema_versions')
    .select((of) => of.fn.max('name').as('newest'))
    .executeTakeFirst();
  const newest = row?.newest ?? undefined;
  return newest === undefined ? 0 : versionOf(newest);
}

/** Why a program must not use a schema; undefined: it may. */
export function schemaProblem(found: number, needed: number): RegisterUnavailable | undefined {
  if (found < needed)
    return {
      kind: 'unavailable',
      note: `the register’s schema is version ${found}, and this program needs ${needed}: payouts register migrate`,
    };
  if (found <= needed + newerAtMost) return undefined;
  return {
    kind: 'unavailable',
    note: `the register’s schema is version ${found}, and this program knows ${needed}: a newer program must be used`,
  };
}
