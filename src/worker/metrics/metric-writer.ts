import type { MetricMeter } from '@temporalio/common';
import type { MetricDefinition } from '../../contract/metrics';

type Labels<Metric extends MetricDefinition> = Readonly<Record<Metric['labels'][number], string>>;
type Kind<K extends MetricDefinition['kind']> = MetricDefinition & { readonly kind: K };

/** Records our metrics, each with exactly the labels of its definition. */
export type MetricWriter = {
  count<Metric extends Kind<'counter'>>(metric: Metric, labels: Labels<Metric>): void;
  record<Metric extends Kind<'histogram'>>(metric: Metric, value: number, labels: Labels<Metric>): void;
  /** Negative values, which clocks of two machines can make, count as 0. */
  set<Metric extends Kind<'gauge'>>(metric: Metric, value: number, labels: Labels<Metric>): void;
};

/** Over the SDK's own meter, so that everything comes out at one address. */
export function createMetricWriter(meter: MetricMeter): MetricWriter {
  // The unit stays empty: the exporter would write it behind a name that says it already.
  const counter = once(({ name, help }) => meter.createCounter(name, '', help));
  const histogram = once(({ name, help }) => meter.createHistogram(name, 'float', '', help));
  const gauge = once(({ name, help }) => meter.createGauge(name, 'float', '', help));
  return {
    count: (metric, labels) => counter(metric).add(1, labels),
    record: (metric, value, labels) => histogram(metric).record(Math.max(0, value), labels),
    set: (metric, value, labels) => gauge(metric).set(Math.max(0, value), labels),
  };
}

function once<T>(create: (metric: MetricDefinition) => T): (metric: MetricDefinition) => T {
  const created = new Map<string, T>();
  return (metric) => {
    const known = created.get(metric.name) ?? create(metric);
    created.set(metric.name, known);
    return known;
  };
}
