import type { ProviderFailure } from '../../domain/provider-failure';
import type { PayoutProvider } from '../../providers/provider';
import type { SpanEnd } from './tracer';
import type { Tracer } from './tracer';

type Reply = { readonly kind: string; readonly failure?: ProviderFailure };

/** The same account, with a span around each of its calls: who was asked for what, and what is known of it. */
export function tracedProvider(account: string, provider: PayoutProvider, tracer: Tracer): PayoutProvider {
  const lookUp = provider.lookUp?.bind(provider);
  const quote = provider.quote?.bind(provider);
  return {
    ...provider,
    submit: (attempt, call) => traced('submit', () => provider.submit(attempt, call)),
    readStatus: (input, call) => traced('status', () => provider.readStatus(input, call)),
    ...(lookUp === undefined
      ? {}
      : { lookUp: (input, call) => traced('look-up', () => lookUp(input, call)) }),
    ...(quote === undefined ? {} : { quote: (request, call) => traced('quote', () => quote(request, call)) }),
  };

  function traced<R extends Reply>(operation: string, call: () => Promise<R>): Promise<R> {
    const attributes = { 'payouts.account': account, 'payouts.provider': provider.provider };
    return tracer.run({ name: `${provider.provider} ${operation}`, kind: 'client', attributes }, call, {
      returned: replyEnd,
    });
  }
}

function replyEnd({ kind, failure }: Reply): SpanEnd {
  if (failure === undefined) return { attributes: { 'payouts.reply': kind } };
  const { code, effect, httpStatus } = failure;
  return {
    isError: true,
    attributes: {
      'payouts.reply': kind,
      'payouts.failure': code,
      'payouts.effect': effect,
      ...(httpStatus === undefined ? {} : { 'http.response.status_code': httpStatus }),
    },
  };
}
