import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readDatabaseUrl } from '../../src/config/database-url';
import { findFreePort } from '../../src/dev/temporal-ports';
import { migrated } from '../register/register-on-postgres';
import { startOwnPostgres } from '../support/postgres';

/** What a build can be measured with, beside itself without. */
export const additionNames = ['register', 'metrics', 'traces'] as const;
export type AdditionName = (typeof additionNames)[number];

/** What its worker is told, and what runs beside it. */
export type Addition = {
  readonly variables: Readonly<Record<string, string>>;
  /** More of the configuration's `worker`. */
  readonly worker?: object;
  /** The server process of its register. */
  readonly databasePid?: number;
  readonly stop: () => Promise<void>;
};

export const startAddition: Readonly<Record<AdditionName, () => Promise<Addition>>> = {
  register: startRegister,
  metrics: startScrapes,
  traces: startCollector,
};

/** A PostgreSQL that writes as in production, and an empty register in it. */
async function startRegister(): Promise<Addition> {
  const postgres = await startOwnPostgres();
  try {
    const url = await postgres.createDatabase('register');
    const read = readDatabaseUrl(url);
    if (!read.ok) throw new Error(`the register's URL ${read.problem}`);
    await migrated(read.address);
    return {
      variables: {
        PAYOUTS_REGISTER_URL: url,
        PAYOUTS_REGISTER_PAYEE_KEY: 'the key of the payees, of the bench',
      },
      databasePid: postgres.pid(),
      stop: () => postgres.stop(),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** Prometheus reads every 15 seconds where nobody says otherwise. */
const scrapeEveryMs = 15_000;

async function startScrapes(): Promise<Addition> {
  const port = await findFreePort();
  const scrapes = setInterval(
    () =>
      // While the worker is not up, or no more, there is nobody to answer.
      void fetch(`http://127.0.0.1:${port}/metrics`).then(
        async (reply) => reply.arrayBuffer(),
        () => undefined,
      ),
    scrapeEveryMs,
  );
  return {
    variables: { PAYOUTS_METRICS_ADDRESS: `127.0.0.1:${port}` },
    stop: async () => clearInterval(scrapes),
  };
}

/** Takes whatever spans come, and says thanks. */
async function startCollector(): Promise<Addition> {
  const server = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    variables: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    worker: { traces: { enabled: true } },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
