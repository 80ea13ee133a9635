import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withoutTemporalVariables } from './temporal-environment';
import type { WatchedProgram } from './temporal-watchdog';
import { spawnWatched } from './temporal-watchdog';

export type WorkerProcessOptions = {
  readonly configuration: object;
  /** Its secrets, as environment variables. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly address: string;
  readonly namespace: string;
  readonly say: (line: string) => void;
  readonly onLog?: (line: string) => void;
};

export type WorkerProcess = {
  readonly configurationFile: string;
  /** Of the process that runs now. */
  pid(): number | undefined;
  /** Resolves, with the worker's last words, when it died so often that it is not started again. */
  readonly gaveUp: Promise<string>;
  /** Graceful: finishes what is under way. */
  stop(): Promise<void>;
};

const restartPauseMs = 300;
/** A worker that dies so often within seconds has a reason that a restart does not cure. */
const mostQuickDeaths = 5;
const quickMs = 3_000;
/** How `payouts worker` ends over a configuration that it cannot use: the same again after every restart. */
const badInput = 2;

/**
 * Runs `payouts worker` as a process of its own and starts it again when it dies, whatever killed it: payouts go on
 * where they were. It cannot outlive us.
 */
export function startWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  const folder = mkdtempSync(join(tmpdir(), 'payouts-dev-'));
  const configurationFile = join(folder, 'payouts.json');
  writeFileSync(configurationFile, JSON.stringify(options.configuration, undefined, 2));
  const cli = join(__dirname, '..', 'bin', 'cli.js');
  const { address, namespace, say } = options;
  // A profile in Temporal's own configuration file is ambient, too: this worker gets an empty one.
  const temporalProfile = join(folder, 'temporal.toml');
  writeFileSync(temporalProfile, '[profile.default]\n');
  const env = {
    ...withoutTemporalVariables(options.env),
    ...options.secrets,
    TEMPORAL_CONFIG_FILE: temporalProfile,
  };

  let current: WatchedProgram | undefined;
  let stopping = false;
  let quickDeaths = 0;
  let restart: NodeJS.Timeout | undefined;
  let ended: Promise<void> = Promise.resolve();
  let giveUp: (lastWords: string) => void = () => undefined;
  const gaveUp = new Promise<string>((resolve) => (giveUp = resolve));

  const start = (): void => {
    const startedAt = Date.now();
    const args = [
      cli,
      'worker',
      '--config',
      configurationFile,
      '--temporal-address',
      address,
      '--namespace',
      namespace,
    ];
    const program = spawnWatched(process.execPath, args, env, { leftovers: folder });
    current = program;
    let lastLine = '';
    const log = (line: string): void => {
      lastLine = line;
      options.onLog?.(line);
    };
    for (const stream of [program.stdout, program.stderr]) createInterface({ input: stream }).on('line', log);
    ended = new Promise((resolve) => {
      // Not `exit`: by then its last words may not have been read.
      program.child.once('close', (code, signal) => {
        resolve();
        if (stopping) return;
        quickDeaths = Date.now() - startedAt < quickMs ? quickDeaths + 1 : 0;
        const how = signal === null ? `ended with ${code}` : `was killed (${signal})`;
        if (code === badInput) {
          say(`The worker cannot use its configuration; it is not restarted. Its last words: ${lastLine}`);
          giveUp(lastLine);
          return;
        }
        if (quickDeaths >= mostQuickDeaths) {
          say(`The worker ${how} again and again; it is not restarted. Its last words: ${lastLine}`);
          giveUp(lastLine);
          return;
        }
        say(`The worker ${how}; it is started again.`);
        restart = setTimeout(start, restartPauseMs);
      });
    });
  };
  start();

  return {
    configurationFile,
    pid: () => current?.child.pid,
    gaveUp,
    async stop() {
      stopping = true;
      clearTimeout(restart);
      if (current?.child.exitCode === null && current.child.signalCode === null)
        current.child.kill('SIGTERM');
      const hard = setTimeout(() => current?.child.kill('SIGKILL'), 25_000);
      await ended;
      clearTimeout(hard);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
