/** A real Temporal server for development, demo and tests: found or fetched by itself, and gone when we are. */
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { findTemporalCli } from './temporal-cli-finder';
import type { Say } from './temporal-cli-finder';
import { withoutTemporalVariables } from './temporal-environment';
import { findFreePort, isListening, isPortFree } from './temporal-ports';
import { toCliFlag } from './temporal-search-attributes';
import type { SearchAttribute } from './temporal-search-attributes';
import { TemporalServerError } from './temporal-server-error';
import { spawnWatched } from './temporal-watchdog';
import type { WatchedProgram } from './temporal-watchdog';

export type TemporalServerOptions = {
  /** Gets one line per step: where the CLI came from, where the server listens. */
  readonly say: Say;
  /** File to keep everything in over restarts; without it everything is in memory. One server per file at a time. */
  readonly keep?: string;
  /** Temporal's own web UI; `uiPort` implies it. Default: none. */
  readonly ui?: boolean;
  readonly uiPort?: number;
  /** Default: any free one. */
  readonly port?: number;
  /** Taken where they are free, and `port` or `uiPort` names none. */
  readonly preferredPorts?: { readonly temporal: number; readonly ui: number };
  /** Lets tests move the clock of single workflow runs. Default: false. */
  readonly timeSkipping?: boolean;
  /** More of the server's own settings, each `name=value`. */
  readonly dynamicConfig?: readonly string[];
  /** Default: `default`. Created when it is not there, with a retention of 24 h. */
  readonly namespace?: string;
  readonly searchAttributes?: readonly SearchAttribute[];
  /** Default: `warn`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'never';
  /** Gets each line the server writes; without it only the last ones are kept, for error messages. */
  readonly onLogLine?: (line: string) => void;
  /** How long the server may take until it answers. Default: 60 s, for machines that are very busy. */
  readonly readyWithinMs?: number;
  /** Where `TEMPORAL_CLI`, `PATH` and the like come from. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the start with its reason; the server is gone then. Later it does nothing. */
  readonly signal?: AbortSignal;
};

export type TemporalServer = {
  /** `127.0.0.1:PORT` of the gRPC frontend. */
  readonly address: string;
  /** `http://127.0.0.1:PORT`, or undefined when it runs without the UI. */
  readonly uiUrl: string | undefined;
  readonly namespace: string;
  /** The Temporal CLI that it was started with. */
  readonly cliPath: string;
  /** Of the server process itself. */
  readonly pid: number;
  /** Resolves when the server process has ended, by `stop` or by itself. */
  readonly ended: Promise<void>;
  /** Stops the server and waits until it is gone. Can be called more than once. */
  stop(): Promise<void>;
};

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;
const KEPT_LOG_LINES = 30;
const PORT_TRIES = 3;

/**
 * By default the server gives each step of a workflow a slot of up to 50 ms, and each timer up to a second. With these,
 * four activities take 130 instead of 300 ms, and a 100 ms timer takes 100 ms.
 */
const SHORT_LATENCY = [
  'history.timerProcessorMaxTimeShift="10ms"',
  'history.timerProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollHostRPS=1000',
  'history.transferProcessorMaxPollRPS=1000',
] as const;

/** Survives a kill of the server as the default journal does, and takes almost three times as many starts per second. */
const WRITE_AHEAD_LOG = [
  '--sqlite-pragma',
  'journal_mode=wal',
  '--sqlite-pragma',
  'synchronous=normal',
] as const;

/**
 * Starts a server on 127.0.0.1 and returns when it answers. It ends with `stop()`, and by itself when this process ends
 * in whatever way. No ambient `TEMPORAL_*` variable reaches it.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { say, env = process.env, signal } = options;
  const cli = await findTemporalCli({ say, env, ...(signal === undefined ? {} : { signal }) });
  if (options.keep !== undefined) await mkdir(dirname(resolve(options.keep)), { recursive: true });
  for (const port of [options.port, options.uiPort]) {
    if (port !== undefined && !(await isPortFree(port))) {
      throw new TemporalServerError(
        'temporal_port_in_use',
        `Port ${port} on 127.0.0.1 is taken: stop what listens there, or choose another port`,
      );
    }
  }
  for (let tries = 1; ; tries += 1) {
    try {
      signal?.throwIfAborted();
      return await startOnce(cli.path, options, env, tries === 1 ? options.preferredPorts : undefined);
    } catch (error) {
      // Somebody may take a port that was free a moment ago; for a port of our own choice we choose again.
      const taken = error instanceof TemporalServerError && error.code === 'temporal_port_in_use';
      if (!taken || tries === PORT_TRIES) throw error;
    }
  }
}

async function startOnce(
  cliPath: string,
  options: TemporalServerOptions,
  env: NodeJS.ProcessEnv,
  preferredPorts: TemporalServerOptions['preferredPorts'],
): Promise<TemporalServer> {
  const namespace = options.namespace ?? 'default';
  const port = options.port ?? (await freeOr(preferredPorts?.temporal));
  const withUi = options.ui === true || options.uiPort !== undefined;
  const uiPort = withUi ? (options.uiPort ?? (await freeOr(preferredPorts?.ui))) : undefined;
  const args = serverArguments(options, namespace, port, uiPort);
  const program = spawnWatched(cliPath, args, withoutTemporalVariables(env));
  const log = keepLastLines(program, options.onLogLine);
  const ended = new Promise<string>((done) => {
    program.child.once('error', (error) => done(error.message));
    program.child.once('exit', (code, signal) => done(signal ?? `exit code ${code ?? 'unknown'}`));
  });

  const controller = new AbortController();
  const interrupted = abortOf(options.signal, controller.signal);
  const readyWithinMs = options.readyWithinMs ?? READY_WITHIN_MS;
  try {
    await Promise.race([
      untilReady(port, namespace, readyWithinMs, controller.signal),
      ended.then(async (how) => {
        const lines = await log.settled();
        const taken = /address already in use/i.test(lines);
        throw new TemporalServerError(
          taken ? 'temporal_port_in_use' : 'temporal_server_exited',
          `The Temporal server ended before it was ready (${how}).${lines}`,
        );
      }),
      interrupted,
    ]);
    controller.abort();
  } catch (error) {
    controller.abort();
    await stopProgram(program, ended, 'SIGKILL');
    if (error instanceof NotReadyInTime) {
      throw new TemporalServerError(
        'temporal_server_not_ready',
        `The Temporal server did not answer within ${readyWithinMs / 1000} s (${error.message}).${await log.settled()}`,
        { cause: error },
      );
    }
    throw error;
  }

  const address = `127.0.0.1:${port}`;
  const uiUrl = uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`;
  options.say(`Temporal server on ${address}${uiUrl === undefined ? '' : `, UI on ${uiUrl}`}`);
  let stopping: Promise<void> | undefined;
  return {
    address,
    uiUrl,
    namespace,
    cliPath,
    pid: program.child.pid ?? 0,
    ended: ended.then(() => undefined),
    // What is in memory is lost anyway; a file gets a second to be closed in good order.
    stop: async () =>
      (stopping ??= stopProgram(program, ended, options.keep === undefined ? 'SIGKILL' : 'SIGTERM')),
  };
}

/** Rejects with the reason of `signal`; `over` ends the listening. */
async function abortOf(signal: AbortSignal | undefined, over: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true, signal: over });
  });
}

/**
 * The preferred port, or any free one. It is also asked whether somebody answers there: macOS lets two listen on one port
 * when one of them does so on every address.
 */
async function freeOr(preferred: number | undefined): Promise<number> {
  const isFree = preferred !== undefined && (await isPortFree(preferred)) && !(await isListening(preferred));
  return isFree ? preferred : findFreePort();
}

function serverArguments(
  options: TemporalServerOptions,
  namespace: string,
  port: number,
  uiPort: number | undefined,
): readonly string[] {
  const dynamicConfig = [
    // No question to the internet whether there is a newer server.
    'frontend.enableServerVersionCheck=false',
    ...SHORT_LATENCY,
    ...(options.timeSkipping === true ? ['frontend.WorkflowTimeSkippingEnabled=true'] : []),
    ...(options.dynamicConfig ?? []),
  ];
  const flags: readonly (readonly string[])[] = [
    ['--ip', '127.0.0.1'],
    ['--port', String(port)],
    uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)],
    ['--namespace', namespace],
    ['--log-format', 'text'],
    ['--log-level', options.logLevel ?? 'warn'],
    options.keep === undefined ? [] : ['--db-filename', resolve(options.keep), ...WRITE_AHEAD_LOG],
    ...(options.searchAttributes ?? []).map((attribute) => ['--search-attribute', toCliFlag(attribute)]),
    ...dynamicConfig.map((value) => ['--dynamic-config-value', value]),
  ];
  return ['server', 'start-dev', ...flags.flat()];
}

class NotReadyInTime extends Error {
  override readonly name = 'NotReadyInTime';
}

/** TCP first: a gRPC connection that fails once backs off for a second. The port opens before the frontend is healthy. */
async function untilReady(
  port: number,
  namespace: string,
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  const beforeDeadline = (last: string): boolean => {
    if (signal.aborted) return false;
    if (performance.now() > deadline) throw new NotReadyInTime(last);
    return true;
  };
  while (beforeDeadline('nothing listens on its port') && !(await isListening(port))) await sleep(20);
  let last = 'it accepts connections, but no call has succeeded';
  while (beforeDeadline(last)) {
    try {
      const connection = await Connection.connect({
        address: `127.0.0.1:${port}`,
        connectTimeout: '2s',
        // gRPC would go through a proxy named in http_proxy even to 127.0.0.1.
        channelArgs: { 'grpc.enable_http_proxy': 0 },
      });
      try {
        await connection.withDeadline(Date.now() + 2_000, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
      await sleep(25);
    }
  }
}

async function stopProgram(
  { child }: WatchedProgram,
  ended: Promise<string>,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill(signal);
  const timeout = new AbortController();
  const gone = await Promise.race([
    ended.then(() => true),
    sleep(STOP_WITHIN_MS, false, { signal: timeout.signal }).catch(() => true),
  ]);
  timeout.abort();
  if (!gone) {
    child.kill('SIGKILL');
    await ended;
  }
}

/** Reads both outputs all the time (a full pipe would stop the server) and remembers the end for error messages. */
function keepLastLines(
  { stdout, stderr }: WatchedProgram,
  onLogLine: ((line: string) => void) | undefined,
): { settled(): Promise<string> } {
  const lines: string[] = [];
  const closed = [stdout, stderr].map(
    async (input) =>
      new Promise<void>((done) => {
        const reader = createInterface({ input });
        reader.on('line', (line) => {
          lines.push(line);
          if (lines.length > KEPT_LOG_LINES) lines.shift();
          onLogLine?.(line);
        });
        reader.once('close', done);
      }),
  );
  return {
    async settled() {
      // The exit is often known before the last words; nobody else holds these pipes open for long.
      await Promise.race([Promise.all(closed), sleep(500, undefined, { ref: false })]);
      const text = lines.filter((line) => line.trim() !== '').join('\n');
      return text === '' ? ' It wrote nothing.' : ` Its last lines:\n${text}`;
    },
  };
}
