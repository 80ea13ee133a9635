import { setTimeout as sleep } from 'node:timers/promises';
import type { Migration } from 'kysely';
import { sql } from 'kysely';
import { foldReference } from '../../domain/reference';
import type { Logger } from '../../observability/logger';
import type {
  AttemptAnswer,
  AttemptEntry,
  ClaimAnswer,
  IntentAddress,
  IntentClaim,
  Register,
  RegisterUnavailable,
  SendAnswer,
  SendMark,
} from '../register';
import { openDatabase } from './database';
import type { Database } from './database';
import { databaseFailure } from './database-failure';
import type { DatabaseFailure } from './database-failure';
import { newestVersion, registerMigrations } from './migrations/register-migrations';
import { payeeMac } from './payee-mac';
import type { DatabaseSettings, PayeeKey, RegisterSettings } from './register-settings';
import { hasMoreThanNeeded, missingRights } from './rights';
import { readSchemaVersion, schemaProblem } from './schema-version';
import { constraints } from './tables';

export type OpenRegister = {
  readonly register: Register;
  /** Whether it can be used now: reached, with a schema that fits, and with the rights of a worker. Never rejects. */
  readonly status: () => Promise<RegisterStatus>;
  readonly close: () => Promise<void>;
};

export type RegisterStatus =
  | {
      readonly kind: 'usable';
      /** Versions of the schema: the database's, and the one that this program was made for. */
      readonly schema: number;
      readonly needed: number;
      /** The role may do more than a worker needs. */
      readonly hasMoreThanNeeded: boolean;
    }
  | RegisterUnavailable;

export type RegisterDeps = {
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** Default: all that this program knows. */
  readonly migrations?: Readonly<Record<string, Migration>>;
};

/** A connection that was lost is made anew at once: a server that only restarted has ended all of them. */
const repeatAfterMs = [0, 50, 200] as const;
/** How long a schema that fitted is taken for one that fits: a migration is noticed within this. */
const schemaFitsForMs = 15_000;

/** The register in PostgreSQL. Opens no connection before it is asked. */
export function openPostgresRegister(settings: RegisterSettings, deps: RegisterDeps): OpenRegister {
  const { db, ask, status, close } = openQuestions(settings, deps);
  const [payeeKey] = settings.payeeKeys;
  return {
    register: {
      claimIntent: async (claim) => ask(() => claimIntent(db, claim, payeeKey)),
      enterAttempt: async (attempt) => ask(() => enterAttempt(db, attempt)),
      markSent: async (send) => ask(() => markSent(db, send)),
    },
    status,
    close,
  };
}

/** Asks once how a register is, and closes it. Never rejects. */
export async function registerStatus(
  settings: DatabaseSettings,
  deps: Pick<RegisterDeps, 'migrations'> = {},
): Promise<RegisterStatus> {
  // What is wrong is in the answer.
  const logger = { info: () => undefined, warn: () => undefined };
  const { status, close } = openQuestions({ ...settings, poolSize: 1 }, { ...deps, logger });
  try {
    return await status();
  } finally {
    await close();
  }
}

function openQuestions(
  settings: DatabaseSettings,
  { logger, now = () => performance.now(), migrations = registerMigrations }: RegisterDeps,
) {
  const database = openDatabase(
    settings,
    { name: 'payouts-worker', statementTimeoutMs: settings.statementTimeoutMs },
    logger,
  );
  const { db } = database;
  const needed = newestVersion(migrations);
  let fitsUntil = -Infinity;
  let isDown = false;

  async function currentSchemaProblem(): Promise<RegisterUnavailable | undefined> {
    if (now() < fitsUntil) return undefined;
    const problem = schemaProblem(await readSchemaVersion(db), needed);
    if (problem === undefined) fitsUntil = now() + schemaFitsForMs;
    return problem;
  }

  /** Asks, and asks again where only the connection was lost. */
  async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer | RegisterUnavailable> {
    for (const waitMs of [...repeatAfterMs, undefined]) {
      try {
        const problem = await currentSchemaProblem();
        if (problem !== undefined) return told(problem);
        const answer = await question();
        told(undefined);
        return answer;
      } catch (error) {
        const failure = databaseFailure(error);
        // Whatever it was, the next question looks at the schema first.
        fitsUntil = -Infinity;
        if (!failure.again || waitMs === undefined) return told(unavailable(failure));
        if (waitMs > 0) await sleep(waitMs);
      }
    }
    throw new Error('every round returns, or goes on to the next');
  }

  /** Says in the log when it goes away and when it is back, once each. */
  function told<Problem extends RegisterUnavailable | undefined>(problem: Problem): Problem {
    if (problem === undefined) {
      if (isDown) logger.info('the register can be used again');
    } else if (!isDown) logger.warn('the register cannot be used', { problem: problem.note });
    isDown = problem !== undefined;
    return problem;
  }

  const status = async (): Promise<RegisterStatus> =>
    ask(async () => {
      const missing = await missingRights(db);
      if (missing.length > 0) return lackingRights(missing);
      const more = await hasMoreThanNeeded(db);
      return { kind: 'usable', schema: await readSchemaVersion(db), needed, hasMoreThanNeeded: more };
    });

  return { db, ask, status, close: async () => database.close() };
}

type Db = Database['db'];

/** One statement that always gives a row: a second one for whoever lost the race could come before the first is visible. */
async function claimIntent(db: Db, claim: IntentClaim, payeeKey: PayeeKey): Promise<ClaimAnswer> {
  const known = await db
    .insertInto('payouts.intents')
    .values({
      ...addressOf(claim),
      tenant: claim.tenant,
      reference: claim.reference,
      workflow_id: claim.workflowId,
      original_run_id: claim.originalRunId,
      request_digest: claim.requestDigest,
      requested_by: claim.requestedBy,
      mode: claim.mode,
      account: claim.account,
      amount: claim.amount.value,
      currency: claim.amount.currency,
      payee_mac: payeeMac(payeeKey, claim.payee),
      payee_key_id: payeeKey.id,
      replaces: claim.replaces ?? null,
      started_at: new Date(claim.startedAt),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_folded', 'reference_folded'])
        // Something must be updated for a row to come back; no column that means anything.
        .doUpdateSet({ asked_at: sql<Date>`clock_timestamp()` }),
    )
    .returning(['reference', 'workflow_id', 'original_run_id', 'request_digest', 'started_at'])
    .executeTakeFirstOrThrow();
  if (known.workflow_id === claim.workflowId && known.original_run_id === claim.originalRunId)
    return { kind: 'claimed' };
  return {
    kind: 'taken',
    by: {
      reference: known.reference,
      workflowId: known.workflow_id,
      originalRunId: known.original_run_id,
      requestDigest: known.request_digest,
      startedAt: known.started_at.getTime(),
    },
  };
}

async function enterAttempt(db: Db, attempt: AttemptEntry): Promise<AttemptAnswer> {
  const { account, generation, key, bodyHash } = attempt;
  const enter = async () =>
    db
      .insertInto('payouts.attempts')
      .values({ ...addressOf(attempt), account, generation, key, body_hash: bodyHash })
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_folded', 'reference_folded', 'account', 'generation'])
          .doUpdateSet((row) => {
            // What was never sent gives way: a price that ran out, for example.
            const kept = (column: 'key' | 'body_hash') =>
              sql<string>`case when ${row.ref('payouts.attempts.first_sent_at')} is null
                then ${row.ref(`excluded.${column}`)} else ${row.ref(`payouts.attempts.${column}`)} end`;
            return {
              asked_at: sql<Date>`clock_timestamp()`,
              key: kept('key'),
              body_hash: kept('body_hash'),
            };
          }),
      )
      .returning(['key', 'body_hash'])
      .executeTakeFirstOrThrow();
  try {
    return isSame(await whereKeyIsFree(enter), attempt) ? { kind: 'entered' } : { kind: 'conflict' };
  } catch (error) {
    const { constraint } = databaseFailure(error);
    if (constraint === constraints.attemptOfIntent) return { kind: 'unknown-intent' };
    if (constraint === constraints.attemptKey) return { kind: 'conflict' };
    throw error;
  }
}

/**
 * Two that enter the same attempt at once can meet at the key before they meet at the attempt, and one of them is refused.
 * Then the attempt is there, and is found; only a key that belongs to another one is refused again.
 */
async function whereKeyIsFree<Row>(enter: () => Promise<Row>): Promise<Row> {
  try {
    return await enter();
  } catch (error) {
    if (databaseFailure(error).constraint !== constraints.attemptKey) throw error;
    return enter();
  }
}

async function markSent(db: Db, send: SendMark): Promise<SendAnswer> {
  const { account, generation, key, bodyHash, originalRunId } = send;
  const { tenant_folded: tenant, reference_folded: reference } = addressOf(send);
  // Who has the intent is written once, so reading it beside the attempt is as good as under one lock.
  const runThatHasIt = sql<string>`(select original_run_id from payouts.intents
    where tenant_folded = ${tenant} and reference_folded = ${reference})`;
  const isIt = sql<boolean>`key = ${key} and body_hash = ${bodyHash} and first_sent_at is null
    and ${runThatHasIt} = ${originalRunId}`;
  const known = await db
    .updateTable('payouts.attempts')
    .set({
      first_sent_at: sql<Date>`case when ${isIt} then clock_timestamp() else first_sent_at end`,
      first_sent_run_id: sql<string>`case when ${isIt} then ${originalRunId} else first_sent_run_id end`,
    })
    .where('tenant_folded', '=', tenant)
    .where('reference_folded', '=', reference)
    .where('account', '=', account)
    .where('generation', '=', generation)
    .returning(['key', 'body_hash', runThatHasIt.as('run')])
    .executeTakeFirst();
  if (known === undefined) return { kind: 'unknown-attempt' };
  return isSame(known, send) && known.run === originalRunId ? { kind: 'marked' } : { kind: 'conflict' };
}

const isSame = (
  known: { readonly key: string; readonly body_hash: string },
  { key, bodyHash }: Pick<AttemptEntry, 'key' | 'bodyHash'>,
): boolean => known.key === key && known.body_hash === bodyHash;

const addressOf = ({ tenant, reference }: IntentAddress) => ({
  tenant_folded: foldReference(tenant),
  reference_folded: foldReference(reference),
});

const unavailable = ({ note }: DatabaseFailure): RegisterUnavailable => ({ kind: 'unavailable', note });

const lackingRights = (missing: readonly string[]): RegisterUnavailable => ({
  kind: 'unavailable',
  note: `the register’s role lacks rights (${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}): payouts register roles, then payouts register migrate`,
});
