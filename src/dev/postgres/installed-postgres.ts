/** Where a PostgreSQL that somebody has installed keeps its programs. */
import { execFile } from 'node:child_process';
import { readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../executables';
import { oneLine } from '../progress';
import type { Say } from '../progress';
import { withoutPostgresVariables } from './postgres-environment';

/** A folder that holds one folder per version; the programs of each are in its folder `bin`. */
export type UsualFolder = { readonly of: string; readonly parent: string; readonly version: RegExp };

export const usualFolders: readonly UsualFolder[] = [
  { of: 'Debian and Ubuntu', parent: '/usr/lib/postgresql', version: /^(\d+)$/ },
  { of: 'RPM packages', parent: '/usr', version: /^pgsql-(\d+)$/ },
  { of: 'Alpine', parent: '/usr/libexec', version: /^postgresql(\d+)$/ },
  { of: 'Homebrew', parent: '/opt/homebrew/opt', version: /^postgresql@(\d+)$/ },
  { of: 'Homebrew', parent: '/usr/local/opt', version: /^postgresql@(\d+)$/ },
  { of: 'MacPorts', parent: '/opt/local/lib', version: /^postgresql(\d+)$/ },
  { of: 'Postgres.app', parent: '/Applications/Postgres.app/Contents/Versions', version: /^(\d+)$/ },
];

export type InstalledPostgres = { readonly from: string; readonly binFolder: string };

const PG_CONFIG_TIMEOUT_MS = 15_000;

/** One after the other, so that a later place is neither looked at nor talked about when an earlier one was usable. */
export async function* installedPostgres(
  env: NodeJS.ProcessEnv,
  report: Say,
  folders: readonly UsualFolder[] = usualFolders,
): AsyncGenerator<InstalledPostgres> {
  const seen = new Set<string>();
  const isNew = async (binFolder: string): Promise<boolean> => {
    const real = await realpath(binFolder).catch(() => binFolder);
    return seen.size < seen.add(real).size;
  };

  const configured = await askPgConfig(env, report);
  if (configured !== undefined && (await isNew(configured)))
    yield { from: 'pg_config', binFolder: configured };

  const onPath = await findOnPath('postgres', env);
  if (onPath === undefined) report('PostgreSQL from PATH: there is no postgres');
  else {
    // A link, as packages of systems make them, leads to where its other programs are.
    const binFolder = dirname(await realpath(onPath));
    if (await isNew(binFolder)) yield { from: 'PATH', binFolder };
  }

  let found = false;
  for (const { of, parent, version } of folders) {
    for (const binFolder of await newestFirst(parent, version)) {
      found = true;
      if (await isNew(binFolder)) yield { from: `the folders of ${of}`, binFolder };
    }
  }
  if (!found) report('PostgreSQL from the usual folders: there is none');
}

async function askPgConfig(env: NodeJS.ProcessEnv, report: Say): Promise<string | undefined> {
  const program = await findOnPath('pg_config', env);
  if (program === undefined) {
    report('PostgreSQL from pg_config: there is no pg_config on PATH');
    return undefined;
  }
  try {
    const { stdout } = await promisify(execFile)(program, ['--bindir'], {
      env: withoutPostgresVariables(env),
      timeout: PG_CONFIG_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    return stdout.trim();
  } catch (error) {
    report(`PostgreSQL from pg_config: ${program} --bindir failed: ${oneLine(error)}`);
    return undefined;
  }
}

async function newestFirst(parent: string, version: RegExp): Promise<readonly string[]> {
  const names = await readdir(parent).catch(() => []);
  return names
    .flatMap((name) => {
      const [, major] = version.exec(name) ?? [];
      return major === undefined ? [] : [{ name, major: Number(major) }];
    })
    .sort((one, other) => other.major - one.major)
    .map(({ name }) => join(parent, name, 'bin'));
}
