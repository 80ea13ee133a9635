import { IllegalStateError, Runtime } from '@temporalio/worker';
import type { LoadedConfiguration } from '../../config/load-configuration';
import { providerCallsMetric } from '../../contract/metrics';
import type { Logger } from '../../observability/logger';
import { createTemporalLogger } from './temporal-logger';
import { WorkerStartError } from '../worker-start-error';

/**
 * The SDK's runtime: one per process, with its log in ours and, where an address is given, its metrics and ours at one address.
 * It would swallow SIGTERM: signals are `bin`'s, so it gets none.
 */
export function installRuntime({
  configuration,
  logger,
}: {
  readonly configuration: LoadedConfiguration;
  readonly logger: Logger;
}): void {
  const { installation } = configuration;
  const { bindAddress } = configuration.worker.metrics;
  try {
    Runtime.install({
      logger: createTemporalLogger(logger),
      shutdownSignals: [],
      telemetryOptions: {
        logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
        ...(bindAddress === undefined
          ? {}
          : {
              metrics: {
                prometheus: {
                  bindAddress,
                  countersTotalSuffix: true,
                  unitSuffix: true,
                  useSecondsForDurations: true,
                  histogramBucketOverrides: { [providerCallsMetric.name]: [...callSeconds] },
                },
                globalTags: { installation },
              },
            }),
      },
    });
  } catch (error) {
    if (error instanceof IllegalStateError) {
      // A second worker in the same process (tests, dev): whoever installed the runtime decides about its log.
      logger.warn('the Temporal runtime stands already: its log and metric settings stay');
      return;
    }
    if (bindAddress === undefined) throw error;
    throw new WorkerStartError(
      'configuration_address_unusable',
      `metrics cannot be served at ${bindAddress} (worker.metrics.bindAddress): is another process there?`,
      { cause: error },
    );
  }
}

/** Providers answer within a second or so; the longest that a call may take is a minute. */
const callSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
