/** The built `payouts worker` as a process of its own, to be killed, stopped and started again by a test. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withoutTemporalVariables } from '../../src/dev/temporal-environment';
import { spawnWatched } from '../../src/dev/temporal-watchdog';
import { gateCertificateFile } from './provider-gate';
import { eventually, isRunning } from './process-watch';

const cli = join(__dirname, '..', '..', 'dist', 'bin', 'cli.js');

export type WorkerUnderTest = {
  readonly pid: number;
  /** Resolves when it takes work; rejects when it ends before. */
  readonly started: Promise<void>;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  isRunning(): boolean;
  /** SIGSTOP: it stands still, its connections stay. */
  suspend(): void;
  /** SIGCONT. */
  wake(): void;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when it has logged a line that contains this. */
  logged(text: string): Promise<void>;
  /** What it has logged so far. */
  lines(): readonly string[];
};

export function startWorkerUnderTest(options: {
  readonly configurationFile: string;
  /** An empty file instead of whatever Temporal profile this machine has. */
  readonly temporalProfile: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly address: string;
  /** Another build of the same program. */
  readonly program?: string;
  /** More options of `payouts worker`. */
  readonly options?: readonly string[];
}): WorkerUnderTest {
  const { program = cli } = options;
  if (!existsSync(program)) {
    throw new Error(
      `${program} is missing: these tests run the built program, so run \`npm run build\` (or \`npm test\`)`,
    );
  }
  const { configurationFile, temporalProfile, secrets, address } = options;
  const args = [program, 'worker', '--config', configurationFile, ...(options.options ?? [])];
  const { child, stdout, stderr } = spawnWatched(
    process.execPath,
    [...args, '--temporal-address', address, '--namespace', 'default'],
    {
      ...withoutTemporalVariables(process.env),
      ...secrets,
      TEMPORAL_CONFIG_FILE: temporalProfile,
      NODE_EXTRA_CA_CERTS: gateCertificateFile,
    },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error('the worker did not start');
  const lines: string[] = [];
  const ended: WorkerUnderTest['ended'] = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const started = new Promise<void>((resolve, reject) => {
    for (const stream of [stdout, stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (line.includes('"worker started"')) resolve();
      });
    }
    void ended.then(({ code, signal }) =>
      reject(new Error(`the worker ended (${signal ?? code}):\n${lines.slice(-20).join('\n')}`)),
    );
  });
  // A test that kills a worker early does not wait for its start.
  started.catch(() => undefined);
  return {
    pid,
    started,
    ended,
    isRunning: () => isRunning(pid),
    suspend: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      return (await ended).code;
    },
    lines: () => lines,
    logged: (text) =>
      eventually(`the worker logs "${text}"`, () => lines.some((line) => line.includes(text))),
  };
}
