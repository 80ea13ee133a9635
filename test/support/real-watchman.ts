/** A real Moov Watchman, built once from its Go module, with small lists of a test's own. */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../../src/dev/cache-folder';
import { findFreePort } from '../../src/dev/temporal-ports';
import { spawnWatched } from '../../src/dev/temporal-watchdog';

/** The Go module that names Watchman's version, and lists in OFAC's format with invented names. */
const moduleFolder = join(__dirname, '..', 'screening', 'watchman');
export const watchmanLists = join(moduleFolder, 'lists');

/** Of `watchmanLists`: an alias, so that it is found only when names and aliases are both loaded. */
export const watchmanCanary = 'Canary Testalias Nightingale';
export const watchmanEntries = 6;

export type WatchmanBinary =
  { readonly path: string } | { /** Why there is none, for a person. */ readonly missing: string };

/**
 * The binary from the cache, or built into it, which takes about a minute. `missing` where there is no Go, or the module
 * cannot be had; with `PAYOUTS_REQUIRE_WATCHMAN=1` that is an error.
 */
export async function watchmanBinary(): Promise<WatchmanBinary> {
  const binary = await builtWatchman();
  if ('missing' in binary && process.env['PAYOUTS_REQUIRE_WATCHMAN'] === '1')
    throw new Error(`Watchman is required, but ${binary.missing}`);
  return binary;
}

async function builtWatchman(): Promise<WatchmanBinary> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(moduleFolder, file)));
  const home = join(cacheFolder(process.env), 'watchman', hash.digest('hex').slice(0, 16));
  const path = join(home, 'watchman');
  if (existsSync(path)) return { path };
  mkdirSync(home, { recursive: true });
  // Renamed when it is whole: two that build at once, or one that is killed, leave no broken binary.
  const target = join(home, `.build-${process.pid}-${randomUUID()}`);
  const failure = await new Promise<string | undefined>((resolve) => {
    execFile(
      'go',
      [
        'build',
        '-trimpath',
        '-buildvcs=false',
        '-ldflags=-s -w',
        '-o',
        target,
        'github.com/moov-io/watchman/cmd/server',
      ],
      {
        cwd: moduleFolder,
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
        timeout: buildWithinMs,
        killSignal: 'SIGKILL',
      },
      (error, _stdout, stderr) => {
        if (error === null) return resolve(undefined);
        if (error.code === 'ENOENT') return resolve('there is no go on PATH');
        resolve(`go build failed: ${stderr.trim().split('\n').at(-1) || error.message}`);
      },
    );
  });
  if (failure !== undefined) {
    rmSync(target, { force: true });
    return { missing: failure };
  }
  renameSync(target, path);
  return { path };
}

/** For a `beforeAll` that may have to build: downloads, and two slow cores. */
export const buildWithinMs = 420_000;

export type RealWatchman = {
  /** The same after every restart. */
  readonly baseUrl: string;
  /** The lists it loads at its next start; a test may change the files. */
  readonly lists: string;
  readonly pid: number;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with the lists as they are now; resolves when it answers. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
};

/**
 * Starts it on a free port with a copy of the lists. `errorOnEmptyList: false` is Watchman's own default, which loads
 * nothing without a word.
 */
export async function startRealWatchman(
  path: string,
  { lists: given = watchmanLists, errorOnEmptyList = true } = {},
): Promise<RealWatchman> {
  const folder = mkdtempSync(join(tmpdir(), 'payouts-watchman-'));
  const lists = join(folder, 'lists');
  cpSync(given, lists, { recursive: true });
  const configuration = join(folder, 'config.yaml');
  const port = await findFreePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  // JSON is YAML.
  writeFileSync(
    configuration,
    JSON.stringify({
      Watchman: {
        Servers: { BindAddress: `127.0.0.1:${port}`, AdminAddress: `127.0.0.1:${await findFreePort()}` },
        Telemetry: { ServiceName: 'watchman' },
        Webui: { BasePath: '/' },
        Download: {
          RefreshInterval: '12h',
          InitialDataDirectory: lists,
          ErrorOnEmptyList: errorOnEmptyList,
          IncludedLists: ['us_ofac'],
        },
        Search: { Goroutines: { Default: 2, Min: 1, Max: 2 } },
        PostalPool: { Enabled: false },
      },
    }),
  );
  let running = await start();

  async function start(): Promise<{ readonly pid: number; kill(): Promise<void> }> {
    const { child, stdout, stderr } = spawnWatched(path, [], { ...process.env, APP_CONFIG: configuration });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    let hasEnded = false;
    void ended.then(() => (hasEnded = true));
    const lines: string[] = [];
    for (const input of [stdout, stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (lines.length > 20) lines.shift();
      });
    }
    const kill = async (): Promise<void> => {
      if (!hasEnded) child.kill('SIGKILL');
      await ended;
    };
    const deadline = performance.now() + readyWithinMs;
    while (!(await answers(baseUrl))) {
      if (!hasEnded && performance.now() < deadline) {
        await sleep(50);
        continue;
      }
      await kill();
      throw new Error(`Watchman did not start:\n${lines.join('\n')}`);
    }
    return { pid: child.pid ?? 0, kill };
  }

  return {
    baseUrl,
    lists,
    get pid() {
      return running.pid;
    },
    kill: () => running.kill(),
    async restart() {
      await running.kill();
      running = await start();
    },
    async stop() {
      await running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const readyWithinMs = 30_000;

async function answers(baseUrl: string): Promise<boolean> {
  try {
    const reply = await fetch(`${baseUrl}/v2/listinfo`, { signal: AbortSignal.timeout(2_000) });
    await reply.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
