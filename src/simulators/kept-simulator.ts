import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { FaultSpec } from './fault-spec';
import type { CoreContext, SimulatedRequest, StatusScript } from './provider-core';
import type { Simulator } from './simulator';

/** Everything that changes a simulator. Time and chance come from outside, so the same inputs make the same provider. */
type Input =
  | ({ readonly kind: 'handle'; readonly request: SimulatedRequest } & Moment)
  | ({ readonly kind: 'advance' } & Moment)
  | { readonly kind: 'addFault'; readonly spec: FaultSpec }
  | { readonly kind: 'clearFaults' }
  | { readonly kind: 'script'; readonly script: StatusScript }
  | { readonly kind: 'setBalance'; readonly currency: string; readonly available: string }
  | { readonly kind: 'reset' };
type Moment = { readonly now: number; readonly draws: readonly number[] };

export type KeptSimulator = {
  readonly simulator: Simulator;
  /** The last moment that it knew; undefined for one that is new. */
  readonly lastNow: number | undefined;
};

/**
 * A simulator that has its payouts again after a restart: each input is a line of `file`, written before anybody is answered,
 * and the lines are taken in again at the start. Throws where they are none of ours.
 */
export function keepSimulator(simulator: Simulator, file: string): KeptSimulator {
  const lastNow = takeIn(simulator, file);
  const keep = (input: Input): void => appendFileSync(file, `${JSON.stringify(input)}\n`, { mode: 0o600 });
  /** Takes note of each draw, and of the input when it is over. */
  const observed = <T>({ now, random, ...rest }: CoreContext, take: (context: CoreContext) => T) => {
    const draws: number[] = [];
    const result = take({
      ...rest,
      now,
      random() {
        const draw = random();
        draws.push(draw);
        return draw;
      },
    });
    return { result, moment: { now, draws } };
  };
  return {
    lastNow,
    simulator: {
      ...simulator,
      handle(request, context) {
        const { result, moment } = observed(context, (seen) => simulator.handle(request, seen));
        keep({ kind: 'handle', request, ...moment });
        return result;
      },
      advance(context) {
        const { result, moment } = observed(context, (seen) => simulator.advance(seen));
        keep({ kind: 'advance', ...moment });
        return result;
      },
      addFault(spec) {
        const planned = simulator.addFault(spec);
        keep({ kind: 'addFault', spec });
        return planned;
      },
      clearFaults() {
        const dropped = simulator.clearFaults();
        keep({ kind: 'clearFaults' });
        return dropped;
      },
      script(script) {
        simulator.script(script);
        keep({ kind: 'script', script });
      },
      setBalance(currency, available) {
        simulator.setBalance(currency, available);
        keep({ kind: 'setBalance', currency, available });
      },
      reset() {
        simulator.reset();
        keep({ kind: 'reset' });
      },
    },
  };
}

function takeIn(simulator: Simulator, file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  // What a kill cut off was never answered.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  let lastNow: number | undefined;
  for (const line of whole.split('\n').filter((one) => one !== '')) {
    try {
      const input = JSON.parse(line) as Input;
      if (input.kind === 'reset') lastNow = undefined;
      if ('now' in input) lastNow = Math.max(input.now, lastNow ?? 0);
      take(simulator, input);
    } catch (cause) {
      throw new Error(
        `${file} is not what this version of the simulators wrote: remove it to have a provider that knows nothing yet`,
        { cause },
      );
    }
  }
  return lastNow;
}

function take(simulator: Simulator, input: Input): void {
  switch (input.kind) {
    case 'handle':
      simulator.handle(input.request, again(input));
      return;
    case 'advance':
      simulator.advance(again(input));
      return;
    case 'addFault':
      simulator.addFault(input.spec);
      return;
    case 'clearFaults':
      simulator.clearFaults();
      return;
    case 'script':
      simulator.script(input.script);
      return;
    case 'setBalance':
      simulator.setBalance(input.currency, input.available);
      return;
    case 'reset':
      simulator.reset();
  }
}

function again({ now, draws }: Moment): CoreContext {
  let next = 0;
  return {
    now,
    random() {
      const draw = draws[next];
      next += 1;
      if (draw === undefined)
        throw new Error('the simulator draws more often than it did: it is of another version');
      return draw;
    },
  };
}
