import type { Installation, InstalledAccount } from '../../../src/activities/installation';
import type { PayoutProvider } from '../../../src/providers/provider';
import type { World } from '../temporal-model/world';

type Sends = { readonly body: string; firstOpenAt: number | undefined; open: number };

/** A send may begin this much later than its room said: the attempt's own limit to begin, and Temporal's to notice. */
const toleranceMs = 10_000;

/**
 * Looks at every send at the adapter's door, over all worker processes: what is written under one key is the same text every
 * time, and nothing is written under a key once the provider may have forgotten it. The ledgers would show most of such
 * mistakes, but only where the provider is in the mood to punish them.
 */
export class SendWatch {
  readonly violations: string[] = [];
  /** Sends whose outcome the adapter did not learn. */
  unresolved = 0;
  written = 0;
  /** Bodies that nobody froze: what a fault made of a task on its way. */
  readonly altered = new Set<string>();
  readonly #world: World;
  readonly #keys = new Map<string, Sends>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The same installation, seen through. */
  watch(installation: Installation): Installation {
    const accounts = new Map<string, InstalledAccount>();
    for (const [id, account] of installation.accounts) {
      accounts.set(id, { ...account, provider: this.#watched(account.provider) });
    }
    return { ...installation, accounts };
  }

  #watched(provider: PayoutProvider): PayoutProvider {
    return new Proxy(provider, {
      get: (target, name, receiver) =>
        name === 'submit'
          ? (((attempt, call) => this.#submit(target, attempt, call)) satisfies PayoutProvider['submit'])
          : Reflect.get(target, name, receiver),
    });
  }

  async #submit(
    provider: PayoutProvider,
    attempt: Parameters<PayoutProvider['submit']>[0],
    call: Parameters<PayoutProvider['submit']>[1],
  ): ReturnType<PayoutProvider['submit']> {
    let sends: Sends | undefined;
    const reply = await provider.submit(attempt, {
      ...call,
      beforeWrite: () => {
        call.beforeWrite?.();
        sends = this.#writing(provider, attempt);
      },
    });
    if (sends === undefined) return reply;
    const isOpen = reply.kind === 'failed' && reply.failure.effect === 'unknown';
    if (isOpen) this.unresolved += 1;
    else sends.open -= 1;
    if (sends.open === 0) sends.firstOpenAt = undefined;
    return reply;
  }

  #writing(provider: PayoutProvider, { key, body }: Parameters<PayoutProvider['submit']>[0]): Sends {
    const { now } = this.#world;
    this.written += 1;
    const sends = this.#keys.get(key) ?? { body, firstOpenAt: undefined, open: 0 };
    for (const [other, { open }] of this.#keys) {
      if (other !== key && open > 0) {
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
    const { windowMs } = provider.contract.replay;
    if (sends.firstOpenAt !== undefined && now - sends.firstOpenAt > windowMs + toleranceMs) {
      this.violations.push(
        `I1: sent under a key ${Math.round((now - sends.firstOpenAt) / 1_000)} s after its first unresolved send (key window ${windowMs / 1_000} s)`,
      );
    }
    sends.firstOpenAt ??= now;
    sends.open += 1;
    return sends;
  }
}
