import type { Installation, InstalledAccount } from '../../../src/activities/installation';
import type { PayoutProvider } from '../../../src/providers/provider';
import type { IdempotencyContract } from '../../../src/domain/idempotency-contract';
import type { World } from '../temporal-model/world';

type Sends = {
  readonly body: string;
  readonly contract: IdempotencyContract;
  /** When the sends were written whose outcome the adapter has not learned. */
  readonly open: Set<{ readonly at: number }>;
  /** When the complete look-ups that found nothing were begun. */
  readonly emptyLookUps: number[];
};

type Attempt = Parameters<PayoutProvider['submit']>[0];
/** What the register has against a text under a key; `resolves`: it finds out what became of an earlier send. */
export type RegisterProblem = (attempt: Attempt, resolves: boolean) => string | undefined;

/** A send may begin this much later than its room said: the attempt's own limit to begin, and Temporal's to notice. */
const toleranceMs = 10_000;

/**
 * Looks at every send at the adapter's door, over all worker processes: what is written under one key is the same text every
 * time, nothing is written under a key once the provider may have forgotten it, and a send without an answer is called
 * absent only after the declared look-ups. The ledgers would show most of such mistakes, but only where the provider is in
 * the mood to punish them.
 */
export class SendWatch {
  readonly violations: string[] = [];
  /** Sends whose outcome the adapter did not learn. */
  unresolved = 0;
  written = 0;
  /** Bodies that nobody froze: what a fault made of a task on its way. */
  readonly altered = new Set<string>();
  /** Attempts that are sent again to find out what became of them: no pause holds them back. */
  readonly resolving = new WeakSet<object>();
  readonly #world: World;
  readonly #isPausedByPeople: () => boolean;
  readonly #registerProblem: RegisterProblem;
  readonly #lastAt = new Map<string, number>();
  readonly #keys = new Map<string, Sends>();

  constructor(
    world: World,
    isPausedByPeople: () => boolean = () => false,
    registerProblem: RegisterProblem = () => undefined,
  ) {
    this.#world = world;
    this.#isPausedByPeople = isPausedByPeople;
    this.#registerProblem = registerProblem;
  }

  /** The keys under which anything was written, and when last, beside what finds out what became of it. */
  get writes(): readonly { readonly key: string; readonly lastAt: number }[] {
    return [...this.#lastAt].map(([key, lastAt]) => ({ key, lastAt }));
  }

  /** The same installation, seen through. */
  watch(installation: Installation): Installation {
    const accounts = new Map<string, InstalledAccount>();
    for (const [id, account] of installation.accounts) {
      accounts.set(id, { ...account, provider: this.#watched(account.provider) });
    }
    // With its getters: the policy of a worker can become another one.
    return Object.defineProperties(
      {},
      { ...Object.getOwnPropertyDescriptors(installation), accounts: { value: accounts, enumerable: true } },
    ) as Installation;
  }

  #watched(provider: PayoutProvider): PayoutProvider {
    return new Proxy(provider, {
      get: (target, name, receiver) => {
        if (name === 'submit') {
          return ((attempt, call) => this.#submit(target, attempt, call)) satisfies PayoutProvider['submit'];
        }
        const lookUp = target.lookUp?.bind(target);
        if (name === 'lookUp' && lookUp) {
          return (async (input, call) => {
            const begunAt = this.#world.now;
            const reply = await lookUp(input, call);
            if (reply.kind === 'complete' && reply.found.length === 0) {
              this.#keys.get(input.attempt.key)?.emptyLookUps.push(begunAt);
            }
            return reply;
          }) satisfies PayoutProvider['lookUp'];
        }
        return Reflect.get(target, name, receiver);
      },
    });
  }

  /** Why it may not yet be said that no send was accepted, from what the adapters saw; absent when it may. */
  get unprovenAbsence(): string | undefined {
    for (const sends of this.#keys.values()) {
      const { absence } = sends.contract.lookUp;
      const missing = missingLookUps(sends);
      if (missing === 0) continue;
      return absence === null
        ? 'a send is unresolved, and no machine can say that it was not accepted'
        : `a send is unresolved, and ${absence.lookUps - missing} of ${absence.lookUps} look-ups prove its absence`;
    }
    return undefined;
  }

  async #submit(
    provider: PayoutProvider,
    attempt: Parameters<PayoutProvider['submit']>[0],
    call: Parameters<PayoutProvider['submit']>[1],
  ): ReturnType<PayoutProvider['submit']> {
    let written: { readonly sends: Sends; readonly send: { readonly at: number } } | undefined;
    const reply = await provider.submit(attempt, {
      ...call,
      beforeWrite: () => {
        call.beforeWrite?.();
        // Adapters write again by themselves only what the provider did not take, such as an expired token's.
        written?.sends.open.delete(written.send);
        if (this.#isPausedByPeople() && !this.resolving.has(attempt))
          this.violations.push('I4: a new send went out while people had paused the account');
        const resolves = this.resolving.has(attempt);
        const problem = this.#registerProblem(attempt, resolves);
        if (problem !== undefined) this.violations.push(problem);
        if (!resolves) this.#lastAt.set(attempt.key, this.#world.now);
        written = this.#writing(provider, attempt);
      },
    });
    if (written === undefined) return reply;
    if (reply.kind === 'failed' && reply.failure.effect === 'unknown') this.unresolved += 1;
    else written.sends.open.delete(written.send);
    return reply;
  }

  #writing(
    { contract }: PayoutProvider,
    { key, body }: Parameters<PayoutProvider['submit']>[0],
  ): { readonly sends: Sends; readonly send: { readonly at: number } } {
    const { now } = this.#world;
    this.written += 1;
    const sends = this.#keys.get(key) ?? { body, contract, open: new Set(), emptyLookUps: [] };
    for (const [other, { open }] of this.#keys) {
      if (other !== key && open.size > 0) {
        this.violations.push('I1: sent under a new key while a send under another one is unresolved');
      }
    }
    this.#keys.set(key, sends);
    if (this.altered.has(body)) {
      this.violations.push('I1: a body was sent that is not the frozen one');
    }
    if (sends.body !== body) {
      this.violations.push('I1: another body was sent under a key (frozen body)');
    }
    // What was proven absent by now is resolved: this send begins anew.
    if (missingLookUps(sends) === 0) sends.open.clear();
    const { windowMs } = contract.replay;
    const age = now - Math.min(now, ...[...sends.open].map(({ at }) => at));
    if (age > windowMs + toleranceMs) {
      this.violations.push(
        `I1: sent under a key ${Math.round(age / 1_000)} s after its first unresolved send (key window ${windowMs / 1_000} s)`,
      );
    }
    const send = { at: now };
    sends.open.add(send);
    return { sends, send };
  }
}

/** So many look-ups are missing until the sends that are open are proven absent; infinite where no machine can say so. */
function missingLookUps({ contract, open, emptyLookUps }: Sends): number {
  if (open.size === 0) return 0;
  const { absence } = contract.lookUp;
  if (absence === null) return Infinity;
  const from = Math.max(...[...open].map(({ at }) => at)) + absence.afterMs;
  return Math.max(0, absence.lookUps - emptyLookUps.filter((begunAt) => begunAt >= from).length);
}
