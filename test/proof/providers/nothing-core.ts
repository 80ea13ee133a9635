/**
 * A provider that promises nothing: no key memory, no look-up by anything of ours. Every request that is processed pays.
 * `reference` is only printed on its statements.
 */
import { z } from 'zod';
import { jsonReply, parseJsonObject } from '../../../src/simulators/json-reply';
import { createPayoutBook, describePayout } from '../../../src/simulators/payout-book';
import type {
  CannedReply,
  Operation,
  ProviderCore,
  SimulatedProvider,
  SimulatedReply,
  SimulatedRequest,
} from '../../../src/simulators/provider-core';
import { randomHex } from '../../../src/simulators/random-hex';

/** The simulators' list of names is closed, and this one is no product: it exists in tests alone. */
const name = 'nothing' as SimulatedProvider;

const payoutsPath = '/payouts';

const submitSchema = z.object({
  reference: z.string().min(1),
  amount: z.string().regex(/^\d{1,15}\.\d{2}$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
  account: z.string().min(1),
});

const canned: Readonly<Record<CannedReply, readonly [number, string]>> = {
  'server-error': [500, 'internal_error'],
  'in-progress': [409, 'in_progress'],
  'rate-limited': [429, 'rate_limited'],
  'expired-token': [401, 'unauthorized'],
  'not-found': [404, 'not_found'],
  'insufficient-funds': [422, 'insufficient_funds'],
};

export function createNothingCore(token: string): ProviderCore {
  const book = createPayoutBook<null>({
    initialStatus: 'accepted',
    defaultSteps: [
      { status: 'processing', afterMs: 1_000 },
      { status: 'paid', afterMs: 3_000 },
    ],
    moneyAfter: (status) =>
      status === 'paid' ? 'paid' : status === 'failed' || status === 'returned' ? 'returned' : 'unchanged',
  });
  const ignore = (): void => undefined;

  function answer(request: SimulatedRequest, now: number, random: () => number): SimulatedReply {
    if (request.headers['authorization'] !== `Bearer ${token}`) return cannedReply('expired-token');
    if (isSubmit(request)) return submit(request, now, random);
    const id = statusTarget(request);
    const payout =
      id === undefined ? undefined : book.find(({ providerPayoutId }) => providerPayoutId === id);
    return payout
      ? jsonReply(200, { id: payout.providerPayoutId, status: payout.status, amount: payout.amount })
      : cannedReply('not-found');
  }

  function submit(request: SimulatedRequest, now: number, random: () => number): SimulatedReply {
    const read = submitSchema.safeParse(parseJsonObject(request.body));
    if (!read.success) return jsonReply(422, { code: 'invalid_request' });
    const { reference, amount, currency, account } = read.data;
    if (!book.affords(currency, amount)) return cannedReply('insufficient-funds');
    const payout = book.accept(
      {
        providerPayoutId: `n${book.all().length + 1}-${randomHex(random, 12)}`,
        callerKey: reference,
        amount,
        currency,
        beneficiary: account,
        details: null,
      },
      now,
      ignore,
    );
    return jsonReply(201, { id: payout.providerPayoutId, status: payout.status });
  }

  return {
    provider: name,
    handle(request, { now, random }) {
      book.advance(now, ignore);
      return { reply: answer(request, now, random), effects: [] };
    },
    advance({ now }) {
      book.advance(now, ignore);
      return [];
    },
    nextDueAt: book.nextDueAt,
    cannedReply,
    operationOf: (request): Operation | undefined =>
      isSubmit(request) ? 'submit' : statusTarget(request) === undefined ? undefined : 'status',
    submitFields(request) {
      const read = submitSchema.safeParse(parseJsonObject(request.body));
      if (!read.success) return undefined;
      const { reference, amount, currency, account } = read.data;
      return { callerKey: reference, amount, currency, beneficiary: account };
    },
    statusTarget,
    ledger: book.ledger,
    payouts: () => book.all().map(describePayout),
    script: book.script,
    setBalance: book.setBalance,
  };
}

function cannedReply(kind: CannedReply): SimulatedReply {
  const [status, code] = canned[kind];
  return jsonReply(status, { code });
}

const isSubmit = ({ method, path }: SimulatedRequest): boolean => method === 'POST' && path === payoutsPath;

const statusTarget = ({ method, path }: SimulatedRequest): string | undefined =>
  method === 'GET' && path.startsWith(`${payoutsPath}/`) ? path.slice(payoutsPath.length + 1) : undefined;
