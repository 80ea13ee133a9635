import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { PayoutClientError } from './errors';

/** How to reach Temporal. What is not given comes from `TEMPORAL_*` variables and the profile of Temporal's configuration file. */
export type TemporalConnectionSettings = {
  /** `host:port` of the frontend. */
  readonly address?: string;
  readonly namespace?: string;
  /** Profile of Temporal's configuration file; default: `TEMPORAL_PROFILE`, then `default`. */
  readonly profile?: string;
  /** Read instead of the process's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/** A client that connects with its first call. Throws `connection_settings_invalid`. */
export function connectToTemporal(settings: TemporalConnectionSettings): {
  readonly client: Client;
  readonly close: () => Promise<void>;
} {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({
      ...(settings.profile === undefined ? {} : { profile: settings.profile }),
      ...(settings.env === undefined ? {} : { overrideEnvVars: definedOnly(settings.env) }),
    });
    const address = settings.address ?? connectionOptions.address ?? 'localhost:7233';
    const { tls, apiKey, metadata } = connectionOptions;
    const connection = Connection.lazy({
      address,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
      // gRPC would go through a proxy named in http_proxy even to this machine.
      ...(isThisMachine(address) ? { channelArgs: { 'grpc.enable_http_proxy': 0 } } : {}),
    });
    const client = new Client({ connection, namespace: settings.namespace ?? namespace ?? 'default' });
    return { client, close: async () => connection.close() };
  } catch (error) {
    throw new PayoutClientError(
      'connection_settings_invalid',
      `the settings for the connection to Temporal cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

const isThisMachine = (address: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]):/.test(address);

const definedOnly = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
