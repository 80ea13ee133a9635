import type { TemporalServer } from '../../src/dev/temporal-server';

/** What jest's global setup starts and its global teardown stops; both run in jest's own process. */
export type ServerForTests = { readonly server: TemporalServer; readonly folder: string };

// A registered symbol on the global object, because jest loads the two files as modules of their own.
const KEY = Symbol.for('durable-payouts.test-server');
const holder = globalThis as { [KEY]?: ServerForTests };

export function rememberServer(running: ServerForTests): void {
  holder[KEY] = running;
}

export function takeServer(): ServerForTests | undefined {
  const running = holder[KEY];
  delete holder[KEY];
  return running;
}
