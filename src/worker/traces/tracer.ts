import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Span, SpanAttributes, SpanExporter } from './span-exporter';

/** What became of the work, once it is over. */
export type SpanEnd = { readonly attributes?: SpanAttributes; readonly isError?: boolean };

export type Tracer = {
  /** Runs work within a span, below the one it is called in. What it throws ends the span as an error, unless `thrown` says otherwise. */
  run<T>(
    span: {
      readonly name: string;
      readonly kind: Span['kind'];
      readonly attributes: SpanAttributes;
      /** Where there is no span above: spans of one run belong to one trace. */
      readonly run?: string;
    },
    work: () => Promise<T>,
    ends: { readonly returned?: (result: T) => SpanEnd; readonly thrown?: (error: unknown) => SpanEnd },
  ): Promise<T>;
};

type Context = { readonly traceId: string; readonly spanId: string };

export function createTracer({ add }: Pick<SpanExporter, 'add'>): Tracer {
  const current = new AsyncLocalStorage<Context>();
  return {
    async run({ name, kind, attributes, run }, work, { returned, thrown }) {
      const above = current.getStore();
      const traceId = above?.traceId ?? (run === undefined ? randomHex(16) : traceIdOf(run));
      const spanId = randomHex(8);
      const startedAt = now();
      const end = ({ attributes: more = {}, isError = false }: SpanEnd): void =>
        add({
          traceId,
          spanId,
          ...(above === undefined ? {} : { parentSpanId: above.spanId }),
          name,
          kind,
          startedAt,
          endedAt: now(),
          attributes: { ...attributes, ...more },
          isError,
        });
      try {
        const result = await current.run({ traceId, spanId }, work);
        end(returned?.(result) ?? {});
        return result;
      } catch (error) {
        end(thrown?.(error) ?? { isError: true });
        throw error;
      }
    },
  };
}

/**
 * Of a workflow run: whatever worker does a part of it, all parts are in one trace, and nothing has to be handed on for that. An
 * id of a run is random, so is its digest.
 */
export const traceIdOf = (runId: string): string =>
  createHash('sha256').update(runId, 'utf8').digest('hex').slice(0, 32);

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

const now = (): number => performance.timeOrigin + performance.now();
