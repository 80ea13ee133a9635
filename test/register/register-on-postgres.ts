import { createHash } from 'node:crypto';
import { Secret } from '../../src/observability/secret';
import { migrateRegister } from '../../src/register/postgres/migrate-register';
import type { DatabaseAddress, RegisterSettings } from '../../src/register/postgres/register-settings';
import type { FoundPostgres } from '../support/found-postgres';
import type { AttemptEntry, IntentClaim } from '../../src/register/register';

/** Settings, claims and attempts as tests of the register need them. */

export const silent = { info: () => undefined, warn: () => undefined };

export const settingsFor = (
  address: DatabaseAddress,
  others: Partial<RegisterSettings> = {},
): RegisterSettings => ({
  address,
  poolSize: 4,
  connectTimeoutMs: 20_000,
  statementTimeoutMs: 20_000,
  payeeKeys: [{ id: 'k1', secret: new Secret('the key of the payees, of a test') }],
  ...others,
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const claimOf = (others: Partial<IntentClaim> = {}): IntentClaim => ({
  tenant: 'Acme',
  reference: 'Order-17',
  workflowId: 'payout/acme/order-17',
  originalRunId: 'run-1',
  requestDigest: sha256('the request'),
  requestedBy: 'alice',
  mode: 'sandbox',
  account: 'main',
  amount: { value: '125.00', currency: 'USD' },
  payee: sha256('the payee'),
  startedAt: 1_790_000_000_123,
  ...others,
});

export const attemptOf = (others: Partial<AttemptEntry> = {}): AttemptEntry => ({
  tenant: 'Acme',
  reference: 'Order-17',
  account: 'main',
  generation: 1,
  key: 'key-1',
  bodyHash: sha256('the body'),
  ...others,
});

export const noRoles = { worker: 'nobody_works', reader: 'nobody_reads' };

export async function migrated(address: DatabaseAddress, roles = noRoles): Promise<void> {
  const report = await migrateRegister(settingsFor(address), { logger: silent, roles });
  if (report.kind !== 'migrated') throw new Error(report.note);
}

/** What a worker is given. */
export const registerVariables = (postgres: FoundPostgres): Readonly<Record<string, string>> => {
  const { host, user, database } = postgres.address();
  return {
    PAYOUTS_REGISTER_URL: `postgresql://${user}@/${database}?host=${host}`,
    PAYOUTS_REGISTER_PAYEE_KEY: 'the key of the payees, of a test',
  };
};
