import { readFile } from 'node:fs/promises';
import type { PayoutClient, PayoutClientOptions } from '../../src/client';
import type { CliPorts } from '../../src/cli/cli-ports';
import { runCli } from '../../src/cli/program';
import type { PayeeView, PayoutSnapshot } from '../../src/client';

export type CliRun = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a command line in this process, against a client whose methods a test scripts. */
export function createCli(
  client: Partial<PayoutClient> = {},
  ports: {
    readonly terminal?: boolean;
    /** Of the terminal. */
    readonly columns?: number;
    /** Ctrl-C. */
    readonly signal?: AbortSignal;
    readonly readerGone?: AbortSignal;
    /** Hears what goes to standard error as it does. */
    readonly onError?: (text: string) => void;
    readonly env?: CliPorts['env'];
    readonly input?: string;
    /** What the person at the terminal answers; `null`: Ctrl-C. Without it there is no terminal to ask. */
    readonly answers?: readonly (string | null)[];
    /** Files below it can be read. */
    readonly folder?: string;
  } = {},
) {
  const asked: { method: string; argument: unknown }[] = [];
  const opened: PayoutClientOptions[] = [];
  const questions: string[] = [];
  const answers = [...(ports.answers ?? [])];
  let closed = 0;
  const run = async (...args: string[]): Promise<CliRun> => {
    let out = '';
    let err = '';
    const isTTY = ports.terminal === true;
    const { readerGone } = ports;
    const width = ports.columns === undefined ? {} : { columns: ports.columns };
    const cliPorts: CliPorts = {
      stdout: { isTTY, ...width, write: (text) => (out += text) },
      stderr: {
        isTTY,
        ...width,
        write(text) {
          err += text;
          ports.onError?.(text);
        },
      },
      readText: async (path) => {
        if (path === '-' && ports.input !== undefined) return ports.input;
        if (ports.folder !== undefined && path.startsWith(ports.folder)) return readFile(path, 'utf8');
        throw new Error(`ENOENT: no such file '${path}'`);
      },
      ...(ports.answers === undefined
        ? {}
        : {
            ask: async (question: string) => {
              questions.push(question);
              return answers.shift() ?? undefined;
            },
          }),
      env: ports.env ?? {},
      signal: ports.signal ?? new AbortController().signal,
      ...(readerGone === undefined ? {} : { watchReader: () => readerGone }),
      openClient(options) {
        opened.push(options);
        return new Proxy({} as PayoutClient, {
          get: (_, method: keyof PayoutClient) => (argument: unknown, more?: unknown) => {
            if (method === 'close') {
              closed += 1;
              return Promise.resolve();
            }
            asked.push({ method, argument });
            const scripted = client[method] as ((given: unknown, more?: unknown) => unknown) | undefined;
            if (!scripted) throw new Error(`the test expects no ${method}`);
            return scripted(argument, more);
          },
        });
      },
    };
    const code = await runCli(args, cliPorts);
    return { code, out, err };
  };
  return { run, asked, opened, questions, closedTimes: () => closed };
}

export const snapshot = (change: Partial<PayoutSnapshot> = {}): PayoutSnapshot => ({
  schema: 1,
  tenant: 'acme',
  reference: 'r-1',
  requestedBy: 'dana',
  status: 'awaiting-approval',
  final: false,
  moneyMoved: 'no',
  amounts: { source: { value: '125.00', currency: 'USDT' } },
  approval: {
    purpose: 'payout',
    open: true,
    digest: 'd1',
    required: 2,
    approvedBy: ['bob'],
    expiresAt: 1_800_000_000_000,
    because: 'rule 2 “large”: 10,000 USD or more',
    level: 1,
    levels: [{ role: 'payments', quorum: 2, approvedBy: ['bob'] }],
    mayDecide: ['carol'],
    escalated: false,
  },
  cancelRequested: false,
  events: 3,
  startedAt: 1_790_000_000_000,
  updatedAt: 1_790_000_001_000,
  ...change,
});

export async function* streamOf<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** The example payee, as a worker shows it. */
export const payee = (change: Partial<PayeeView> = {}): PayeeView => ({
  schema: 1,
  revealed: false,
  amounts: {},
  payee: {
    name: 'Beatriz Santos',
    country: 'PH',
    currency: 'PHP',
    method: 'bank-account',
    details: [
      {
        field: 'beneficiary.account.accountNumber',
        label: 'account number',
        value: '••••5678',
        masked: true,
      },
    ],
  },
  ...change,
});
