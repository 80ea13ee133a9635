import { assertNever } from '../../../src/domain/assert-never';
import type { FaultSpec } from '../../../src/simulators/fault-spec';
import { createDraws } from '../../support/seeded-draws';
import type { World } from '../temporal-model/world';

/** What one quote meets. The first four pass by themselves; of the rest somebody hears, or the payout ends. */
export const quoteFaults = {
  'quote-slow': 'the answer takes longer than a workflow task may wait',
  'quote-unanswered': 'there is no answer',
  'quote-retry-after': 'refused for a while, in seconds or until a date',
  'quote-broken': 'a page, an empty answer, half an answer',
  'quote-refused-unclear': 'a refusal that says nothing',
  'quote-pair-unsupported': 'the provider does not exchange these currencies',
} as const;
type QuoteFault = keyof typeof quoteFaults;
const passing = [
  'quote-slow',
  'quote-unanswered',
  'quote-retry-after',
  'quote-broken',
] as const satisfies readonly QuoteFault[];

/** What the quotes of a payout meet, one after the other; those after them meet nothing. */
export type QuoteTrouble = readonly QuoteFault[];

/** Draws of its own: the other seeds' days stay as they are without it. */
export function drawQuoteTrouble(seed: number): QuoteTrouble {
  const draws = createDraws(Math.imul(seed, 0x85eb_ca6b));
  if (!draws.chance(0.5)) return [];
  // Beyond ten in a row the payout is held.
  const faults: QuoteFault[] = Array.from({ length: draws.oneOf([1, 2, 4, 14]) }, () => draws.oneOf(passing));
  if (draws.chance(0.1)) faults.push('quote-refused-unclear');
  if (draws.chance(0.05)) faults.push('quote-pair-unsupported');
  return faults;
}

/** Hands them out. */
export class TroubledQuotes {
  readonly #world: World;
  readonly #faults: QuoteFault[];

  constructor(world: World, trouble: QuoteTrouble) {
    this.#world = world;
    this.#faults = [...trouble];
  }

  next(): FaultSpec['fault'] | undefined {
    const name = this.#faults.shift();
    if (name === undefined) return undefined;
    this.#world.count(name);
    return this.#faultOf(name);
  }

  #faultOf(name: QuoteFault): FaultSpec['fault'] {
    const world = this.#world;
    switch (name) {
      case 'quote-slow':
        return { kind: 'latency', ms: world.between(4_000, 20_000) };
      case 'quote-unanswered':
        return { kind: 'hang', processed: false };
      case 'quote-retry-after': {
        const ms = world.pick([2_000, 90_000, 20 * 60_000]);
        const retryAfter = world.chance(0.5) ? String(ms / 1_000) : new Date(world.now + ms).toUTCString();
        return world.chance(0.5)
          ? { kind: 'rate-limited', retryAfter }
          : { kind: 'refuse', status: 503, headers: { 'retry-after': retryAfter } };
      }
      case 'quote-broken':
        return world.pick<FaultSpec['fault']>([
          { kind: 'garbage', status: 200 },
          { kind: 'garbage', status: 403 },
          { kind: 'garbage', status: 404 },
          { kind: 'refuse', status: 200, body: '' },
          { kind: 'truncated-json', variant: 'valid-length' },
          { kind: 'cut-before-processing' },
        ]);
      case 'quote-refused-unclear':
        return { kind: 'refuse', status: 422, body: { error_code: 'BAD_REQUEST', detail: 'not possible' } };
      case 'quote-pair-unsupported':
        return { kind: 'refuse', status: 400, body: { error_code: 'UNSUPPORTED_PAIR' } };
      default:
        return assertNever(name, 'fault of a quote');
    }
  }
}
