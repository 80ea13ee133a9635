import { performance } from 'node:perf_hooks';
import { providerCallsMetric, providerFailuresMetric, sendsMetric } from '../../contract/metrics';
import type { ProviderFailure } from '../../domain/provider-failure';
import type { PayoutProvider } from '../../providers/provider';
import type { MetricWriter } from './metric-writer';

type Reply = { readonly kind: string; readonly failure?: ProviderFailure };

/** The same account, with its calls measured. Adapters are plain objects; what is not a call stays as it is. */
export function measuredProvider(
  account: string,
  provider: PayoutProvider,
  metrics: MetricWriter,
): PayoutProvider {
  const place = { account, provider: provider.provider };
  const lookUp = provider.lookUp?.bind(provider);
  const quote = provider.quote?.bind(provider);
  return {
    ...provider,
    async submit(attempt, call) {
      try {
        const reply = await measured('submit', () => provider.submit(attempt, call));
        const effect = reply.kind === 'accepted' ? 'accepted' : reply.failure.effect;
        metrics.count(sendsMetric, { ...place, effect });
        return reply;
      } catch (error) {
        // A bug of an adapter: what it may have sent is not known.
        metrics.count(sendsMetric, { ...place, effect: 'unknown' });
        throw error;
      }
    },
    readStatus: (input, call) => measured('status', () => provider.readStatus(input, call)),
    ...(lookUp === undefined
      ? {}
      : { lookUp: (input, call) => measured('look-up', () => lookUp(input, call)) }),
    ...(quote === undefined
      ? {}
      : { quote: (request, call) => measured('quote', () => quote(request, call)) }),
  };

  async function measured<R extends Reply>(operation: string, call: () => Promise<R>): Promise<R> {
    const startedAt = performance.now();
    let failure: Pick<ProviderFailure, 'code'> | { readonly code: 'exception' } | undefined = {
      code: 'exception',
    };
    try {
      const reply = await call();
      failure = reply.failure;
      return reply;
    } finally {
      const labels = { ...place, operation };
      const outcome = failure === undefined ? 'ok' : 'failed';
      metrics.record(providerCallsMetric, (performance.now() - startedAt) / 1000, { ...labels, outcome });
      if (failure !== undefined) metrics.count(providerFailuresMetric, { ...labels, code: failure.code });
    }
  }
}
