import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Environment } from '../config/environment';
import { WorkerStartError } from './worker-start-error';

/** A server named outright. Nothing of `TEMPORAL_*` and of Temporal's configuration file is read then. */
export type TemporalTarget = { readonly address: string; readonly namespace: string };

export type TemporalConnection = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly address: string;
};

/**
 * Connects to the server of `target`, or to the one that `TEMPORAL_*` variables and profiles name (address, namespace,
 * TLS, API key). `pinnedNamespace` is the configuration's: it serves where the environment names none, and another one
 * is refused, because in a second namespace every payout could be made a second time.
 */
export async function connectTemporal(options: {
  readonly target?: TemporalTarget | undefined;
  readonly environment: Environment;
  readonly pinnedNamespace?: string | undefined;
}): Promise<TemporalConnection> {
  const { target, pinnedNamespace } = options;
  const { connectionOptions, namespace: named } = target
    ? { connectionOptions: { address: target.address }, namespace: target.namespace }
    : readConnectionSettings(options.environment);
  const address = connectionOptions.address ?? 'localhost:7233';
  const namespace = named ?? pinnedNamespace ?? 'default';
  if (pinnedNamespace !== undefined && namespace !== pinnedNamespace) {
    throw new WorkerStartError('namespace_mismatch', [
      `the configuration pins namespace ${pinnedNamespace} (temporal.namespace), but the connection is to ${namespace}`,
    ]);
  }
  try {
    const connection = await NativeConnection.connect({ ...connectionOptions, address });
    return { connection, namespace, address };
  } catch (error) {
    throw new WorkerStartError(
      'temporal_unreachable',
      [`no Temporal server can be reached at ${address}: check TEMPORAL_ADDRESS, TEMPORAL_TLS_* and TEMPORAL_API_KEY`],
      { cause: error },
    );
  }
}

function readConnectionSettings(environment: Environment): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(
        Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
    });
  } catch (error) {
    throw new WorkerStartError(
      'connection_settings_invalid',
      ['the settings for the connection to Temporal cannot be read: check TEMPORAL_PROFILE and TEMPORAL_CONFIG_FILE'],
      { cause: error },
    );
  }
}
