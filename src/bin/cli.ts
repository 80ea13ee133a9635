#!/usr/bin/env node
import { createReadStream } from 'node:fs';
import type * as Client from '../client/payout-client';
import { runCli } from '../cli/program';

// Once: the second Ctrl-C ends the process the hard way.
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
// A reader that has seen enough (`payouts list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

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

void runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  readText,
  env: process.env,
  openClient(options) {
    // Required when a command needs it: help and the starting commands come up without gRPC.
    const { createPayoutClient } = require('../client/payout-client') as typeof Client;
    return createPayoutClient(options);
  },
  signal: interrupt.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
