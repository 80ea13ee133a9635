/** A real PostgreSQL for development, demo and tests: found by itself, and gone when we are. Never for payouts of real money. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { keepLastLines } from '../last-lines';
import type { LastLines } from '../last-lines';
import { oneLine } from '../progress';
import type { Say } from '../progress';
import { spawnWatched } from '../temporal-watchdog';
import type { Identity, WatchedProgram } from '../temporal-watchdog';
import {
  accessRules,
  addressSettings,
  chooseAddress,
  connectionTo,
  describeAddress,
  SERVER_USER,
  urlOf,
} from './postgres-address';
import type { PostgresAddress } from './postgres-address';
import { existingData, giveTo, makeKeptData, makeOwnFolder } from './postgres-data';
import { withoutPostgresVariables } from './postgres-environment';
import { PostgresError } from './postgres-error';
import { findPostgres } from './postgres-finder';
import type { FindPostgresOptions } from './postgres-finder';
import { childrenOf, processName } from './processes';
import { canReach, serverIdentity } from './server-identity';

export type PostgresOptions = {
  /** Gets one line per step: where the programs came from, where the server is. */
  readonly say: Say;
  /** Folder to keep the data in over restarts; without it everything goes with `stop`. One server per folder at a time. */
  readonly folder?: string;
  /** Folder of the socket, made by the caller for itself alone. Default: one of its own, which goes with `stop`. */
  readonly socketFolder?: string;
  /** Where its own folder is made. Default: the system's folder for temporary files. */
  readonly temporaryFolder?: string;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal;
  /** How long each step may take: making the data, and answering. Default: 60 s, for machines that are very busy. */
  readonly readyWithinMs?: number;
  /** How long other processes may still use the data, as a killed server's children do for a moment. Default: 10 s. */
  readonly freeWithinMs?: number;
  /** How long each signal may take to end it. Default: 6 s; the server kills its own children after 5. */
  readonly stopWithinMs?: number;
  /** Gets each line that the server writes; without it only the last ones are kept, for error messages. */
  readonly onLogLine?: (line: string) => void;
} & Pick<FindPostgresOptions, 'env' | 'embedded' | 'usualFolders'>;

export type PostgresServer = {
  /** For example `18.4`. */
  readonly version: string;
  /** Of the server process itself. */
  readonly pid: number;
  /** Where the data is. */
  readonly dataFolder: string;
  /** As its superuser, to the database that each server has for this. */
  readonly url: string;
  /** As its superuser, to another database. */
  urlOf(database: string): string;
  /** Makes the database where it is not there yet, and answers its URL. A copy of `template`, of which nobody may be connected. */
  createDatabase(name: string, options?: { readonly template?: string }): Promise<string>;
  /** Resolves when the server process has ended, by `stop` or by itself. */
  readonly ended: Promise<void>;
  /** Stops the server and waits until it is gone. Can be called more than once. */
  stop(): Promise<void>;
};

const READY_WITHIN_MS = 60_000;
const FREE_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 6_000;
const CONNECT_WITHIN_MS = 2_000;
const STATEMENT_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
const TRY_AGAIN_EVERY_MS = 250;

/** For little load. Its shared memory is in its own folder: what a killed server had in /dev/shm would stay, and fill a container's. */
const SMALL = [
  'shared_buffers=32MB',
  'max_connections=100',
  'dynamic_shared_memory_type=mmap',
  'timezone=UTC',
  'log_timezone=UTC',
] as const;

/** The data goes with the server: no power failure can take what nobody needs. A killed server loses nothing all the same. */
const TEMPORARY = ['fsync=off', 'full_page_writes=off'] as const;

/** After a crash the system is asked once to write what it holds, instead of for each of a thousand files. */
const SYNC_BY_SYSTEM = 'recovery_init_sync_method=syncfs';

/**
 * Starts a server and returns when it answers. It ends with `stop()`, and by itself when this process ends in whatever way;
 * kept data is safe in each case. No ambient `PG*` variable reaches it.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { say, folder, signal } = options;
  signal?.throwIfAborted();
  const existing = folder === undefined ? undefined : await existingData(folder);
  const identity = await serverIdentity(existing?.owner);
  const found = await findPostgres({ ...options, identity, neededMajor: existing?.major });
  const own = await mkdtemp(join(await temporaryParent(options, identity), 'payouts-postgres-'));
  const removeOwn = async (): Promise<void> =>
    // The children of a server that was killed may still be writing.
    rm(own, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  try {
    const socketFolder = options.socketFolder ?? own;
    for (const each of [own, socketFolder]) await giveTo(each, identity);
    const address = await chooseAddress(socketFolder);
    const setup: Setup = { options, identity, own, address, ...found };
    const dataFolder = existing?.path ?? (await makeData(setup));
    const rules = join(own, RULES_FILE);
    await writeFile(rules, accessRules(address), { mode: 0o600 });
    await giveTo(rules, identity);
    if (address.kind === 'tcp') await setPassword(setup, dataFolder, address.password);
    const running = await startUntilFree(setup, dataFolder);
    const { ended, program } = running;
    const as = identity === undefined ? '' : `, as ${identity.name} because it refuses root`;
    const kept = folder === undefined ? '' : `, data in ${dataFolder}`;
    say(`PostgreSQL ${describeAddress(address)}${kept}${as}`);
    let stopping: Promise<void> | undefined;
    return {
      version: found.version,
      pid: program.child.pid ?? 0,
      dataFolder,
      url: urlOf(address, MAINTENANCE),
      urlOf: (database) => urlOf(address, database),
      createDatabase: async (name, { template } = {}) => createDatabase(address, name, template),
      ended: ended.then(() => undefined),
      stop: async () => (stopping ??= endProgram(running, options).then(removeOwn)),
    };
  } catch (error) {
    await removeOwn();
    throw error;
  }
}

/** The database that every cluster has. */
const MAINTENANCE = 'postgres';
const RULES_FILE = 'access.conf';

type Setup = {
  readonly options: PostgresOptions;
  readonly identity: Identity | undefined;
  /** Folder of this start alone. */
  readonly own: string;
  readonly address: PostgresAddress;
  readonly binFolder: string;
  readonly major: number;
};

/** Root's own folder for temporary files may let nobody else in. */
async function temporaryParent(
  { temporaryFolder = tmpdir() }: PostgresOptions,
  identity: Identity | undefined,
): Promise<string> {
  const usual = resolve(temporaryFolder);
  return (await canReach(join(usual, 'own', 'file'), identity)) ? usual : '/tmp';
}

async function makeData(setup: Setup): Promise<string> {
  const { options, identity, own } = setup;
  if (options.folder !== undefined) {
    return makeKeptData(options.folder, identity, options.say, async (path) => initdb(setup, path, true));
  }
  const path = join(own, 'data');
  await makeOwnFolder(path, identity);
  await initdb(setup, path, false);
  return path;
}

async function initdb(setup: Setup, path: string, synced: boolean): Promise<void> {
  const { options, identity, own, binFolder, major } = setup;
  const args = [
    '-D',
    path,
    '-U',
    SERVER_USER,
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-instructions',
  ];
  const running = watch(
    spawnWatched(
      join(binFolder, 'initdb'),
      [...args, ...(synced ? syncOfInitdb(major) : ['--no-sync'])],
      withoutPostgresVariables(options.env),
      { leftovers: own, identity },
    ),
    options.onLogLine,
  );
  const how = await within(options.readyWithinMs ?? READY_WITHIN_MS, options.signal, running.ended);
  if (how === 'exit code 0') return;
  if (how === undefined) {
    await killWithChildren(running);
    options.signal?.throwIfAborted();
  }
  const end = how === undefined ? 'did not end in time' : `failed (${how})`;
  throw new PostgresError('postgres_not_initialized', `initdb ${end}.${await running.log.settled()}`);
}

/** Since 17 it can ask the system once, too. */
const syncOfInitdb = (major: number): readonly string[] =>
  major >= 17 && process.platform === 'linux' ? ['--sync-method=syncfs'] : [];

/** A port may be reached by everybody on this machine. The password goes in by standard input: no file, no command line has it. */
async function setPassword(
  { options, identity, own, binFolder }: Setup,
  dataFolder: string,
  password: string,
): Promise<void> {
  const args = ['--single', '-D', dataFolder, '-c', `hba_file=${join(own, RULES_FILE)}`, MAINTENANCE];
  const child = execFile(join(binFolder, 'postgres'), args, {
    env: withoutPostgresVariables(options.env),
    timeout: options.readyWithinMs ?? READY_WITHIN_MS,
    killSignal: 'SIGKILL',
    ...(identity === undefined ? {} : { uid: identity.uid, gid: identity.gid, cwd: '/' }),
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(`alter role ${SERVER_USER} password '${password}'\n`);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0)
    throw new PostgresError('postgres_exited', 'PostgreSQL did not take a password for its port');
}

type Running = {
  readonly program: WatchedProgram;
  readonly log: LastLines;
  /** How it ended. */
  readonly ended: Promise<string>;
};

function watch(program: WatchedProgram, onLogLine: PostgresOptions['onLogLine']): Running {
  const ended = new Promise<string>((done) => {
    program.child.once('error', (error) => done(error.message));
    program.child.once('exit', (code, signal) => done(signal ?? `exit code ${code ?? 'unknown'}`));
  });
  return { program, ended, log: keepLastLines(program, onLogLine) };
}

/** Undefined when it took too long, or was given up. */
async function within<T>(
  ms: number,
  signal: AbortSignal | undefined,
  promise: Promise<T>,
): Promise<T | undefined> {
  const timeout = new AbortController();
  const signals = signal === undefined ? [timeout.signal] : [timeout.signal, signal];
  try {
    return await Promise.race([
      promise,
      sleep(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined),
    ]);
  } finally {
    timeout.abort();
  }
}

/** What the server says when somebody else has the data or the socket. */
const IN_USE = /pre-existing shared memory block|lock file "[^"]*" already exists/;

/** Children of a killed server go within moments, an owner's watchdog takes some seconds: until then the data is theirs. */
async function startUntilFree(setup: Setup, dataFolder: string): Promise<Running> {
  const { options } = setup;
  const freeWithinMs = options.freeWithinMs ?? FREE_WITHIN_MS;
  const deadline = performance.now() + freeWithinMs;
  let syncBySystem = process.platform === 'linux';
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(setup, dataFolder, syncBySystem);
    } catch (error) {
      if (!(error instanceof PostgresError) || error.code !== 'postgres_exited') throw error;
      if (syncBySystem && error.message.includes('recovery_init_sync_method')) {
        // Built for a system that cannot.
        syncBySystem = false;
        continue;
      }
      if (!IN_USE.test(error.message)) throw error;
      if (performance.now() > deadline) {
        throw new PostgresError(
          'postgres_data_in_use',
          `Another PostgreSQL has ${dataFolder} open: stop it, or keep the data in another folder. ${error.message}`,
          { cause: error },
        );
      }
      await removeStaleLock(dataFolder);
      if (tries === 1)
        options.say(`PostgreSQL’s data is still in use; trying again for ${freeWithinMs / 1000} s`);
      await sleep(TRY_AGAIN_EVERY_MS, undefined, { signal: options.signal });
    }
  }
}

/**
 * A lock names a process. In containers its number belongs to something else after a restart, and PostgreSQL waits for that. Only
 * where the system says that it is no PostgreSQL, the lock is nobody's.
 */
async function removeStaleLock(dataFolder: string): Promise<void> {
  const lock = join(dataFolder, 'postmaster.pid');
  const [pid = ''] = (await readFile(lock, 'utf8').catch(() => '')).split('\n');
  if (!/^\d+$/.test(pid)) return;
  const name = await processName(Number(pid));
  if (name !== undefined && name !== 'postgres') await rm(lock, { force: true });
}

async function startOnce(setup: Setup, dataFolder: string, syncBySystem: boolean): Promise<Running> {
  const { options, identity, own, address, binFolder } = setup;
  const settings = [
    ...addressSettings(address),
    `hba_file=${join(own, RULES_FILE)}`,
    ...SMALL,
    ...(options.folder === undefined ? TEMPORARY : []),
    ...(syncBySystem ? [SYNC_BY_SYSTEM] : []),
  ];
  const args = ['-D', dataFolder, ...settings.flatMap((setting) => ['-c', setting])];
  const program = spawnWatched(join(binFolder, 'postgres'), args, withoutPostgresVariables(options.env), {
    leftovers: own,
    identity,
    // The first ends what is under way and then the server, the second leaves the rest to the next start.
    endsBy: ['INT', 'QUIT'],
  });
  const running = watch(program, options.onLogLine);
  const readyWithinMs = options.readyWithinMs ?? READY_WITHIN_MS;
  const looking = new AbortController();
  try {
    const answered = await within(
      readyWithinMs,
      options.signal,
      Promise.race([untilReady(address, looking.signal), running.ended.then((how) => ({ how }))]),
    );
    if (answered === 'ready') return running;
    options.signal?.throwIfAborted();
    if (answered === undefined) {
      await killWithChildren(running);
      throw new PostgresError(
        'postgres_not_ready',
        `PostgreSQL did not answer within ${readyWithinMs / 1000} s.${await running.log.settled()}`,
      );
    }
    throw new PostgresError(
      'postgres_exited',
      `PostgreSQL ended before it was ready (${answered.how}).${await running.log.settled()}`,
    );
  } catch (error) {
    await endProgram(running, options);
    throw error;
  } finally {
    looking.abort();
  }
}

async function untilReady(address: PostgresAddress, signal: AbortSignal): Promise<'ready' | undefined> {
  while (!signal.aborted) {
    try {
      await withClient(address, MAINTENANCE, async () => undefined);
      return 'ready';
    } catch {
      await sleep(LOOK_EVERY_MS);
    }
  }
  return undefined;
}

/** Nothing here waits for ever, also when the server is stopped in the middle of an answer. */
async function withClient<T>(
  address: PostgresAddress,
  database: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    ...connectionTo(address, database),
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: STATEMENT_WITHIN_MS,
  });
  // A connection that is lost between two statements would end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await within(CONNECT_WITHIN_MS, undefined, client.end());
  }
}

const DATABASE_NAME = /^[a-z][a-z0-9_]{0,62}$/;
/** The second, when somebody else makes it at the same moment. */
const ALREADY_THERE = ['42P04', '23505'];

async function createDatabase(
  address: PostgresAddress,
  name: string,
  template: string | undefined,
): Promise<string> {
  for (const each of [name, template ?? name]) {
    if (!DATABASE_NAME.test(each)) throw new Error(`not a name for a database: ${each}`);
  }
  await withClient(address, MAINTENANCE, async (client) => {
    try {
      await client.query(`create database ${name}${template === undefined ? '' : ` template ${template}`}`);
    } catch (error) {
      if (!ALREADY_THERE.includes((error as { readonly code?: string }).code ?? '')) throw error;
    }
  });
  return urlOf(address, name);
}

/**
 * Kept data is closed in good order; for what goes anyway an immediate end does, which, unlike a kill, leaves no shared memory
 * behind. A server that does not listen any more is killed with its children, and the next start does what it left.
 */
async function endProgram(running: Running, options: PostgresOptions): Promise<void> {
  const { child } = running.program;
  const signals = options.folder === undefined ? (['SIGQUIT'] as const) : (['SIGINT', 'SIGQUIT'] as const);
  for (const signal of signals) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill(signal);
    if ((await within(options.stopWithinMs ?? STOP_WITHIN_MS, undefined, running.ended)) !== undefined)
      return;
  }
  await killWithChildren(running);
}

async function killWithChildren({ program: { child }, ended }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const children = await childrenOf(child.pid).catch((error: unknown) => {
    throw new Error(`the server’s processes cannot be listed: ${oneLine(error)}`);
  });
  child.kill('SIGKILL');
  for (const pid of children) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  await ended;
}
