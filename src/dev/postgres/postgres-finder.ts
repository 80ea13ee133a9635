import type { Say } from '../progress';
import type { Identity } from '../temporal-watchdog';
import { embeddedBinFolder, embeddedPackage } from './embedded-postgres';
import type { EmbeddedPackage } from './embedded-postgres';
import { installedPostgres, usualFolders } from './installed-postgres';
import type { UsualFolder } from './installed-postgres';
import { PostgresError } from './postgres-error';
import { OLDEST_USABLE_POSTGRES, probePostgres } from './postgres-version';

export type FindPostgresOptions = {
  readonly say: Say;
  /** `PAYOUTS_CACHE_DIR`, `XDG_CACHE_HOME`, `HOME` and `PATH` are read from here. */
  readonly env: NodeJS.ProcessEnv;
  /** As whom it is to run; undefined: as ourselves. */
  readonly identity?: Identity | undefined;
  /** The one major version that can read data which is there already. */
  readonly neededMajor?: number | undefined;
  /** Other places, for tests. */
  readonly embedded?: EmbeddedPackage;
  readonly usualFolders?: readonly UsualFolder[];
};

export type FoundPostgres = {
  /** Holds `postgres` and `initdb`. */
  readonly binFolder: string;
  /** For example `18.4`. */
  readonly version: string;
  readonly major: number;
};

/**
 * Finds PostgreSQL's programs: those of the npm package, else those that pg_config names, those on PATH, those in the folders
 * where systems put them. Installs nothing into the system.
 *
 * Every step that did not help says in one line what was tried and why not. When nothing helped, throws
 * `postgres_not_found` with what a person can do.
 */
export async function findPostgres(options: FindPostgresOptions): Promise<FoundPostgres> {
  const { say, env, identity, neededMajor } = options;
  const failures: string[] = [];
  const report = (line: string): void => {
    failures.push(line);
    say(line);
  };
  for await (const { from, binFolder } of candidates(options, report)) {
    const probe = await probePostgres(binFolder, env, identity, neededMajor);
    if (probe.kind === 'usable') {
      const { text: version, major } = probe.version;
      say(`PostgreSQL ${version} from ${from}: ${binFolder}`);
      return { binFolder, version, major };
    }
    report(`PostgreSQL from ${from}: ${binFolder} ${probe.reason}`);
  }
  const needed = neededMajor === undefined ? `${OLDEST_USABLE_POSTGRES} or newer` : String(neededMajor);
  throw new PostgresError(
    'postgres_not_found',
    [
      'No PostgreSQL was found.',
      ...failures.map((line) => `  - ${line}`),
      'Do one of these:',
      '  - install the optional packages: npm install, without --omit=optional',
      `  - install PostgreSQL ${needed}, so that pg_config or postgres is on PATH`,
      '  - use a PostgreSQL that already runs: PAYOUTS_REGISTER_URL=postgresql://…',
    ].join('\n'),
  );
}

async function* candidates(
  { say, env, identity, embedded = embeddedPackage(), ...options }: FindPostgresOptions,
  report: Say,
): AsyncGenerator<{ readonly from: string; readonly binFolder: string }> {
  const binFolder = await embeddedBinFolder(embedded, identity, env, say, report);
  if (binFolder !== undefined) yield { from: `npm (${embedded.name})`, binFolder };
  yield* installedPostgres(env, report, options.usualFolders ?? usualFolders);
}
