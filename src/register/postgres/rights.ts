import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { registerSchema } from './tables';
import type { RegisterTables } from './tables';

/**
 * What a worker may do, at the newest version of the schema. It deletes nothing, changes no row but for these columns, and
 * makes no tables.
 */
const workerRights: Readonly<
  Record<keyof RegisterTables, { readonly insert: readonly string[]; readonly update: readonly string[] }>
> = {
  'payouts.intents': {
    insert: [
      'tenant_folded',
      'reference_folded',
      'tenant',
      'reference',
      'workflow_id',
      'original_run_id',
      'request_digest',
      'requested_by',
      'mode',
      'account',
      'amount',
      'currency',
      'payee_mac',
      'payee_key_id',
      'replaces',
      'started_at',
    ],
    update: ['asked_at'],
  },
  'payouts.attempts': {
    insert: ['tenant_folded', 'reference_folded', 'account', 'generation', 'key', 'body_hash'],
    update: ['asked_at', 'key', 'body_hash', 'first_sent_at', 'first_sent_run_id'],
  },
  'payouts.schema_versions': { insert: [], update: [] },
};

/** What people and reports read. */
export const readerViews = ['payouts_intents', 'payouts_attempts'] as const;

export type RoleNames = { readonly owner: string; readonly worker: string; readonly reader: string };
export const usualRoles: RoleNames = {
  owner: 'payouts_owner',
  worker: 'payouts_worker',
  reader: 'payouts_reader',
};

/** Names that need no quotes: they stand in statements. */
export const isRoleName = (name: string): boolean => /^[a-z_][a-z0-9_]{0,62}$/.test(name);

/** The statements that give a worker exactly its rights, whatever it had before. Of the owner of the tables. */
export function workerGrants(role: string): readonly string[] {
  const tables = Object.entries(workerRights);
  return [
    `revoke all on all tables in schema ${registerSchema} from ${role}`,
    // A right to a column outlives the one to its table.
    ...tables.flatMap(([table, { insert, update }]) =>
      insert.length + update.length === 0
        ? []
        : [`revoke insert (${insert.join(', ')}), update (${update.join(', ')}) on ${table} from ${role}`],
    ),
    `grant usage on schema ${registerSchema} to ${role}`,
    ...tables.map(([table]) => `grant select on ${table} to ${role}`),
    ...tables.flatMap(([table, { insert, update }]) => [
      ...(insert.length === 0 ? [] : [`grant insert (${insert.join(', ')}) on ${table} to ${role}`]),
      ...(update.length === 0 ? [] : [`grant update (${update.join(', ')}) on ${table} to ${role}`]),
    ]),
  ];
}

export const readerGrants = (role: string): readonly string[] => [
  `revoke all on all tables in schema ${registerSchema} from ${role}`,
  `grant usage on schema ${registerSchema} to ${role}`,
  ...readerViews.map((view) => `grant select on ${registerSchema}.${view} to ${role}`),
];

/** The rights that whoever is connected lacks to work, such as `insert (key) on payouts.attempts`. Of tables that are there. */
export async function missingRights(db: Kysely<RegisterTables>): Promise<readonly string[]> {
  const wanted = Object.entries(workerRights).flatMap(([table, { insert, update }]) => [
    { right: `select on ${table}`, has: sql<boolean>`has_table_privilege(${table}, 'select')` },
    ...(['insert', 'update'] as const).flatMap((right) =>
      (right === 'insert' ? insert : update).map((column) => ({
        right: `${right} (${column}) on ${table}`,
        has: sql<boolean>`has_column_privilege(${table}, ${column}, ${right})`,
      })),
    ),
  ]);
  const { rows } = await sql<{ readonly has: boolean[] }>`select array[${sql.join(
    wanted.map(({ has }) => has),
  )}] as has`.execute(db);
  const has = rows[0]?.has ?? [];
  return wanted.filter((_, index) => has[index] !== true).map(({ right }) => right);
}

/** Whether whoever is connected may do more than a worker needs: what it could do by mistake, or in somebody else's hands. */
export async function hasMoreThanNeeded(db: Kysely<RegisterTables>): Promise<boolean> {
  const { rows } = await sql<{ readonly more: boolean }>`select
    has_table_privilege('payouts.intents', 'delete') or has_table_privilege('payouts.attempts', 'delete')
    or has_schema_privilege(${registerSchema}, 'create') as more`.execute(db);
  return rows[0]?.more === true;
}
