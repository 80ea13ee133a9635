import { join } from 'node:path';
import { isExecutableFile } from '../executables';
import { askVersion, describeNoVersion } from '../program-version';
import type { Identity } from '../temporal-watchdog';
import { withoutPostgresVariables } from './postgres-environment';

/** The first with `recovery_init_sync_method`: a restart after a crash does not open every file. Nothing of ours needs more. */
export const OLDEST_USABLE_POSTGRES = 14;

export type PostgresVersion = {
  /** For example `18.4`, `19beta1`. */
  readonly text: string;
  readonly major: number;
};

/** Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`; undefined when it is something else. */
export function parsePostgresVersion(output: string): PostgresVersion | undefined {
  const found = /\(PostgreSQL\) ((\d+)\S*)/.exec(output);
  return found === null ? undefined : { text: found[1] ?? '', major: Number(found[2]) };
}

export type PostgresProbe =
  | { readonly kind: 'usable'; readonly version: PostgresVersion }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Whether the programs in this folder run here, as this user, and are new enough, or of the one version that data needs. */
export async function probePostgres(
  binFolder: string,
  env: NodeJS.ProcessEnv,
  identity: Identity | undefined,
  neededMajor: number | undefined,
): Promise<PostgresProbe> {
  const unusable = (reason: string): PostgresProbe => ({ kind: 'unusable', reason });
  for (const name of ['postgres', 'initdb']) {
    if (!(await isExecutableFile(join(binFolder, name)))) return unusable(`has no ${name}`);
  }
  const answer = await askVersion(join(binFolder, 'postgres'), withoutPostgresVariables(env), {
    identity,
  });
  const version = parsePostgresVersion(answer.output);
  if (version === undefined) {
    const as = identity === undefined ? '' : ` as ${identity.name}`;
    return unusable(`${describeNoVersion(answer)}${as}`);
  }
  if (neededMajor !== undefined && version.major !== neededMajor)
    return unusable(`is ${version.text}, but the data was made by PostgreSQL ${neededMajor}`);
  if (version.major < OLDEST_USABLE_POSTGRES)
    return unusable(`is ${version.text}, but ${OLDEST_USABLE_POSTGRES} or newer is needed`);
  return { kind: 'usable', version };
}
