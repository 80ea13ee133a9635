import { PayoutClientError } from '../errors';
import type { ClientErrorCode } from '../errors';
import type { PayoutClient } from '../payout-client';
import { assertFailNext } from './strict-driver';

export type FailNext = {
  /** The error itself, or its code. */
  readonly error: ClientErrorCode | PayoutClientError;
  /** How many calls fail; default 1. */
  readonly times?: number;
  /** The call is carried out, and its answer is lost: what `temporal_unavailable` and `reply_timed_out` can mean. */
  readonly afterwards?: boolean;
};

export type FailingMethod = Exclude<keyof PayoutClient, 'close'>;
type Method = FailingMethod;

/** A client whose calls fail when they are told to. */
export function failingOnDemand(client: PayoutClient): {
  readonly client: PayoutClient;
  readonly failNext: (method: Method, failure: FailNext) => void;
} {
  const planned = new Map<Method, FailNext[]>();
  const next = (method: Method): FailNext | undefined => planned.get(method)?.shift();

  const call = async <T>(method: Method, carryOut: () => Promise<T>): Promise<T> => {
    const failure = next(method);
    if (failure === undefined) return carryOut();
    if (failure.afterwards === true) await carryOut();
    throw errorOf(method, failure);
  };
  async function* items<T>(method: Method, all: () => AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    const failure = next(method);
    if (failure !== undefined && failure.afterwards !== true) throw errorOf(method, failure);
    yield* all();
    if (failure !== undefined) throw errorOf(method, failure);
  }
  const failing: Pick<PayoutClient, Method> = {
    start: async (request) => call('start', async () => client.start(request)),
    check: async (request) => call('check', async () => client.check(request)),
    get: async (payout) => call('get', async () => client.get(payout)),
    payee: async (payout, options) => call('payee', async () => client.payee(payout, options)),
    timeline: async (payout) => call('timeline', async () => client.timeline(payout)),
    events: (options) => items('events', () => client.events(options)),
    history: async (options) => call('history', async () => client.history(options)),
    list: (options) => items('list', () => client.list(options)),
    outcome: async (options) => call('outcome', async () => client.outcome(options)),
    decide: async (command) => call('decide', async () => client.decide(command)),
    cancel: async (command) => call('cancel', async () => client.cancel(command)),
    recall: async (command) => call('recall', async () => client.recall(command)),
    replace: async (command) => call('replace', async () => client.replace(command)),
    resume: async (command) => call('resume', async () => client.resume(command)),
    resolve: async (command) => call('resolve', async () => client.resolve(command)),
    pauseAccount: async (command) => call('pauseAccount', async () => client.pauseAccount(command)),
    resumeAccount: async (command) => call('resumeAccount', async () => client.resumeAccount(command)),
    toppedUp: async (command) => call('toppedUp', async () => client.toppedUp(command)),
    accounts: () => items('accounts', () => client.accounts()),
    workers: async (options) => call('workers', async () => client.workers(options)),
  };
  const methods = Object.keys(failing) as readonly Method[];
  return {
    failNext(method, failure) {
      assertFailNext(method, failure, methods);
      const { times = 1 } = failure;
      planned.set(method, [...(planned.get(method) ?? []), ...Array.from({ length: times }, () => failure)]);
    },
    client: { ...failing, close: async () => client.close() },
  };
}

const errorOf = (method: Method, { error }: FailNext): PayoutClientError =>
  typeof error === 'string' ? new PayoutClientError(error, `could not ${method}: the test said so`) : error;
