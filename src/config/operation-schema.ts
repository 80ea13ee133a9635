import { isIP } from 'node:net';
import { z } from 'zod';
import type { ConfigurationProblem } from './configuration-problem';
import type { Environment } from './environment';

/** How a worker is watched: its keys in the configuration file, and the variables that serve where the file says nothing. */

/** An IP address, not a name, so that nobody listens elsewhere than they think; port 0 would be found by nobody. */
const listenAddressForm = 'must be an IP address and a port such as "127.0.0.1:9464" or "[::]:9464"';
const listenAddress = z.string().refine((text) => parseListenAddress(text) !== undefined, {
  error: listenAddressForm,
});

export const metricsSchema = z.strictObject({
  bindAddress: listenAddress.optional(),
  readEveryMs: z.number().int().min(1000).max(3_600_000).default(30_000),
});

export const healthSchema = z.strictObject({
  bindAddress: listenAddress.optional(),
  checkEveryMs: z.number().int().min(500).max(60_000).default(10_000),
  // A poll that brings nothing is open for a minute and more; below that every quiet worker would be ill.
  noPollMs: z.number().int().min(90_000).max(3_600_000).default(300_000),
});

export const tracesSchema = z.strictObject({
  /** Where spans go is said by OpenTelemetry's own variables: `trace-settings.ts`. */
  enabled: z.boolean().default(false),
});

export type ListenAddress = { readonly host: string; readonly port: number };

export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, six, four, digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = six ?? four ?? '';
  const port = Number(digits);
  return isIP(host) === (six === undefined ? 4 : 6) && port >= 1 && port <= 65_535
    ? { host, port }
    : undefined;
}

const variables = { metrics: 'PAYOUTS_METRICS_ADDRESS', health: 'PAYOUTS_HEALTH_ADDRESS' } as const;

type Watched = {
  readonly metrics: z.infer<typeof metricsSchema>;
  readonly health: z.infer<typeof healthSchema>;
};

/** Puts the variables where the file names no address. */
export function withListenAddresses<T extends Watched>(
  worker: T,
  environment: Environment,
): { readonly worker: T; readonly problems: readonly ConfigurationProblem[] } {
  const problems: ConfigurationProblem[] = [];
  const addressOf = (what: 'metrics' | 'health'): { readonly bindAddress?: string } => {
    const inFile = worker[what].bindAddress;
    if (inFile !== undefined) return { bindAddress: inFile };
    const text = environment[variables[what]];
    if (text === undefined || text === '') return {};
    if (parseListenAddress(text) !== undefined) return { bindAddress: text };
    problems.push({ path: variables[what], message: listenAddressForm });
    return {};
  };
  const metrics = { ...worker.metrics, ...addressOf('metrics') };
  const health = { ...worker.health, ...addressOf('health') };
  const ports = [metrics, health].map(
    ({ bindAddress }) => bindAddress && parseListenAddress(bindAddress)?.port,
  );
  if (ports[0] !== undefined && ports[0] === ports[1])
    problems.push({ path: 'worker.health.bindAddress', message: 'needs another port than worker.metrics' });
  return { worker: { ...worker, metrics, health }, problems };
}
