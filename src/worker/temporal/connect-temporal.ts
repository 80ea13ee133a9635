import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Environment } from '../../config/environment';
import { setVariables } from '../../contract/temporal-variables';
import { WorkerStartError } from '../worker-start-error';

export type TemporalOptions = {
  readonly temporalAddress?: string | undefined;
  readonly namespace?: string | undefined;
  /** Of Temporal's configuration file. */
  readonly profile?: string | undefined;
};

export type TemporalConnection = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly address: string;
};

/**
 * Connects to the server that the options name, else the `TEMPORAL_*` variables and the profile (address, namespace, TLS,
 * API key). `pinnedNamespace` is the configuration's: it serves where nothing else names one, and another one is refused,
 * because in a second namespace every payout could be made a second time.
 */
export async function connectTemporal(
  options: TemporalOptions,
  environment: Environment,
  pinnedNamespace: string | undefined,
): Promise<TemporalConnection> {
  const { connectionOptions, namespace, address } = temporalSettings(options, environment, pinnedNamespace);
  try {
    const connection = await NativeConnection.connect({ ...connectionOptions, address });
    return { connection, namespace, address };
  } catch (cause) {
    throw new WorkerStartError('temporal_unavailable', `Temporal cannot be reached at ${address}`, { cause });
  }
}

/** Where to connect, without connecting. Throws `WorkerStartError`. */
export function temporalSettings(
  options: TemporalOptions,
  environment: Environment,
  pinnedNamespace: string | undefined,
): Pick<TemporalConnection, 'namespace' | 'address'> & {
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
} {
  const { connectionOptions, namespace: named } = readConnectionSettings(options.profile, environment);
  const address = options.temporalAddress ?? connectionOptions.address ?? 'localhost:7233';
  const namespace = options.namespace ?? named ?? pinnedNamespace ?? 'default';
  if (pinnedNamespace !== undefined && namespace !== pinnedNamespace) {
    throw new WorkerStartError(
      'configuration_namespace_mismatch',
      `the configuration pins namespace ${pinnedNamespace} (temporal.namespace), but --namespace, TEMPORAL_NAMESPACE or the profile says ${namespace}`,
    );
  }
  return { connectionOptions, namespace, address };
}

function readConnectionSettings(
  profile: string | undefined,
  environment: Environment,
): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({
      ...(profile === undefined ? {} : { profile }),
      overrideEnvVars: setVariables(environment),
    });
  } catch (cause) {
    throw new WorkerStartError(
      'temporal_settings_invalid',
      'the TEMPORAL_* settings or the profile cannot be read: check --profile, TEMPORAL_PROFILE and TEMPORAL_CONFIG_FILE',
      { cause },
    );
  }
}
