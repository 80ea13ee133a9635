import type { WorkerInterceptors } from '@temporalio/worker';
import type { TraceSettings } from '../../config/trace-settings';
import type { Sender } from '../../http/sender';
import { build } from '../../observability/build';
import type { Logger } from '../../observability/logger';
import { version } from '../../observability/version';
import type { ScreenedInstallation } from '../installation/create-installation';
import { activitySpans } from './activity-spans';
import { createSpanExporter } from './span-exporter';
import { tracedProvider } from './traced-provider';
import { createTracer } from './tracer';

export type Tracing = {
  /** The same installation, with a span around each call to a provider. */
  readonly installation: ScreenedInstallation;
  readonly interceptors: Pick<WorkerInterceptors, 'activity'>;
  /** Sends what is left. */
  readonly close: () => Promise<void>;
};

/** Loaded only where traces are on. Workflows are not touched: a replay has no spans, and the bundle stays as it is. */
export function openTracing(
  settings: TraceSettings,
  installation: ScreenedInstallation,
  send: Sender,
  logger: Logger,
): Tracing {
  const exporter = createSpanExporter({
    settings,
    resource: {
      'service.version': version,
      'payouts.build': build,
      'payouts.installation': installation.id,
    },
    send,
    logger,
  });
  const tracer = createTracer(exporter);
  const accounts = [...installation.accounts].map(
    ([id, account]) => [id, { ...account, provider: tracedProvider(id, account.provider, tracer) }] as const,
  );
  return {
    installation: { ...installation, accounts: new Map(accounts) },
    interceptors: { activity: activitySpans(tracer) },
    close: () => exporter.close(),
  };
}
