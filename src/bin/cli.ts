#!/usr/bin/env node
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type * as Client from '../client/create-payout-client';
import { runCli } from '../cli/program';
import { watchReader } from './reader-watch';

// Once: the second Ctrl-C ends the process the hard way.
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
// A reader that has seen enough (`payouts list | head`) is no failure.
for (const output of [process.stdout, process.stderr])
  output.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

async function readText(path: string, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}

/** One question, one line. The end of the input, Ctrl-C and SIGTERM are no answer; the terminal is given back as it was. */
async function ask(question: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  let isAnswered = false;
  return new Promise((resolve) => {
    terminal.once('close', () => {
      if (!isAnswered) process.stdout.write('\n');
      resolve(undefined);
    });
    terminal.once('SIGINT', () => terminal.close());
    interrupt.signal.addEventListener('abort', () => terminal.close(), { once: true });
    terminal.question(question, (answer) => {
      isAnswered = true;
      resolve(answer);
      terminal.close();
    });
  });
}

void runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  readText,
  ...(process.stdin.isTTY && process.stdout.isTTY ? { ask } : {}),
  env: process.env,
  openClient(options) {
    // Required when a command needs it: help and the starting commands come up without gRPC.
    const { createPayoutClient } = require('../client/create-payout-client') as typeof Client;
    return createPayoutClient(options);
  },
  signal: interrupt.signal,
  watchReader,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
