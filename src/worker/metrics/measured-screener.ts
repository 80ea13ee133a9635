import { screeningsMetric } from '../../contract/metrics';
import type { CheckedScreener, ScreeningDecision } from '../../screening/screener';
import type { MetricWriter } from './metric-writer';

export type MeasuredScreener = {
  /** The same screener, with its decisions counted. */
  readonly screener: CheckedScreener;
  /** When each list became what it was at the last look, Unix milliseconds. Lists that never age are left out. */
  readonly listedAt: ReadonlyMap<string, number>;
  /** Looks whether lists can be used, and how old they are; no decision of it is counted. */
  readonly look: () => Promise<'usable' | 'unusable'>;
};

export function measuredScreener(screener: CheckedScreener, metrics: MetricWriter): MeasuredScreener {
  const listedAt = new Map<string, number>();
  const note = (decision: ScreeningDecision): void => {
    if (decision.kind === 'unavailable') return;
    for (const { list, listedAt: at } of decision.checks ?? [])
      if (at !== undefined) listedAt.set(list, Date.parse(at));
  };
  return {
    listedAt,
    screener: {
      ...screener,
      async screen(subject, signal) {
        const decision = await screener.screen(subject, signal);
        metrics.count(screeningsMetric, { decision: decision.kind });
        note(decision);
        return decision;
      },
    },
    async look() {
      const decision = await screener.screen(nobody);
      note(decision);
      return decision.kind === 'unavailable' ? 'unusable' : 'usable';
    },
  };
}

/** A question that goes through every list and is about no beneficiary. The country is no country: no rule is about it. */
const nobody = { name: 'Monitoring Question', country: 'ZZ' } as const;
