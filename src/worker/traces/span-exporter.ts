import type { TraceSettings } from '../../config/trace-settings';
import type { Sender } from '../../http/sender';
import type { Logger } from '../../observability/logger';

/** What a span says: names of ours, public ids, codes and numbers; nothing that came from a request or a reply's body. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 'internal' | 'client';
  /** Unix milliseconds, with fractions. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: SpanAttributes;
  readonly isError: boolean;
};

export type SpanExporter = {
  readonly add: (span: Span) => void;
  /** Sends what is left, within its own time. */
  readonly close: () => Promise<void>;
};

const everyMs = 5_000;
const batchSize = 512;
/** A collector that is away costs spans, and no memory. */
const mostWaiting = 4_096;
const patienceMs = 10_000;

/**
 * Sends spans by OTLP over HTTP, as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp), in batches. A batch that cannot be
 * delivered is lost and said once: payouts never wait for it.
 */
export function createSpanExporter({
  settings,
  resource,
  send,
  logger,
}: {
  readonly settings: TraceSettings;
  /** Of whom all spans are. */
  readonly resource: SpanAttributes;
  readonly send: Sender;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}): SpanExporter {
  const { url, headers, serviceName } = settings;
  const revealed = Object.fromEntries(
    Object.entries(headers).map(([name, secret]) => [name, secret.reveal()]),
  );
  let waiting: Span[] = [];
  let sending: Promise<void> = Promise.resolve();
  let isFailing = false;
  const timer = setInterval(flush, everyMs);
  timer.unref();
  return {
    add(span) {
      if (waiting.length >= mostWaiting) return;
      waiting.push(span);
      if (waiting.length === batchSize) flush();
    },
    async close() {
      clearInterval(timer);
      flush();
      await sending;
    },
  };

  function flush(): void {
    if (waiting.length === 0) return;
    const spans = waiting;
    waiting = [];
    sending = sending.then(async () => deliver(spans));
  }

  async function deliver(spans: readonly Span[]): Promise<void> {
    try {
      const { status } = await send(
        {
          method: 'POST',
          url,
          headers: { ...revealed, 'content-type': 'application/json' },
          body: JSON.stringify(exportRequest(serviceName, resource, spans)),
        },
        { timeoutMs: patienceMs, maxReplyBytes: 64 * 1024 },
      );
      tell(status >= 200 && status < 300 ? undefined : { status });
    } catch (error) {
      tell({ error });
    }
  }

  function tell(failure: Readonly<Record<string, unknown>> | undefined): void {
    if (failure !== undefined && !isFailing) logger.warn('spans cannot be delivered and are lost', failure);
    if (failure === undefined && isFailing) logger.info('spans can be delivered again');
    isFailing = failure !== undefined;
  }
}

/** `ExportTraceServiceRequest` in its JSON form. */
const exportRequest = (serviceName: string, resource: SpanAttributes, spans: readonly Span[]): object => ({
  resourceSpans: [
    {
      resource: { attributes: attributesOf({ 'service.name': serviceName, ...resource }) },
      scopeSpans: [{ scope: { name: 'durable-payouts' }, spans: spans.map(spanOf) }],
    },
  ],
});

const kinds = { internal: 1, client: 3 } as const;
const errorStatus = 2;

const spanOf = ({
  traceId,
  spanId,
  parentSpanId,
  name,
  kind,
  startedAt,
  endedAt,
  ...span
}: Span): object => ({
  traceId,
  spanId,
  ...(parentSpanId === undefined ? {} : { parentSpanId }),
  name,
  kind: kinds[kind],
  startTimeUnixNano: nanoseconds(startedAt),
  endTimeUnixNano: nanoseconds(endedAt),
  attributes: attributesOf(span.attributes),
  status: span.isError ? { code: errorStatus } : {},
});

/** As a text: they are more than a number holds. */
const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms * 1_000)) * 1_000n);

const attributesOf = (attributes: SpanAttributes): readonly object[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

function valueOf(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
