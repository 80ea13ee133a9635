import { migrateRegister } from '../../src/register/postgres/migrate-register';
import type { DatabaseAddress } from '../../src/register/postgres/register-settings';
import { noRoles, settingsFor, silent } from './register-on-postgres';

/** Migrates the database of its first argument and tells its parent how that went. */
const address = JSON.parse(process.argv[2] ?? '') as DatabaseAddress;
void migrateRegister(settingsFor(address), { logger: silent, roles: noRoles }).then((report) =>
  process.send?.(report, () => process.disconnect?.()),
);
