import { defaultTaskQueue } from '../../contract/task-queues';
import { accountPattern, payoutWorkflowId } from '../../contract/workflow-ids';
import type { AccountState } from '../../domain/account-state';
import { parseDecision } from '../../domain/approval';
import type { CheckAnswer } from '../../domain/payout-check';
import { personId } from '../../domain/person';
import type { PayoutEvent, PayoutSnapshot } from '../../domain/payout-snapshot';
import type { PayoutRequest } from '../../domain/payout-request';
import type { ProviderFailureCode } from '../../domain/provider-failure';
import type { HeldReason, ReasonCode } from '../../domain/reason';
import { isSameReference } from '../../domain/reference';
import { parseResolveRequest } from '../../domain/resolution';
import { parsePayoutRequest } from '../../validation/payout-request-schema';
import type { AccountCommand, AccountView } from '../account-commands';
import { normalisedFields } from '../check-payout';
import { checkRequest } from '../check-request';
import { PayoutClientError, PayoutRequestInvalidError, ReferenceReusedError } from '../errors';
import { comparePositions, positionOf } from '../list-position';
import type { PayoutAddress } from '../payout-address';
import type { PayoutClient } from '../payout-client';
import type { EventsOptions } from '../payout-events';
import { listedPayout } from '../payout-list';
import type { ListOptions } from '../payout-list';
import { provenOutcome } from '../payout-outcome';
import { requestDigest } from '../start-payout';
import type { StartedPayout } from '../start-payout';
import { strictClient } from '../strict-client';
import type { PollingWorkers, WorkersOptions } from '../polling-workers';
import { refusedBecause } from '../to-client-error';
import { visibilityQuery } from '../visibility-query';
import { InMemoryPayout } from './in-memory-payout';
import type { AskedPeople } from './in-memory-payout';
import type { FinalOptions, InMemoryWorld } from './in-memory-run';
import { failingOnDemand } from './planned-failures';
import type { FailNext } from './planned-failures';
import { assertAdvance, assertInMemoryOptions, strictDriver } from './strict-driver';

export type InMemoryOptions = {
  /** Where every payout is routed; default `{ id: 'main', provider: 'in-memory', mode: 'sandbox' }`. */
  readonly account?: NonNullable<PayoutSnapshot['account']>;
  /** The clock at the beginning, in Unix milliseconds; default the first of January 2026. Only `advance` moves it. */
  readonly startAt?: number;
  /** What becomes of every payout that is started: `(payout) => payout.paid()`. Default: nothing, each waits to be driven. */
  readonly onStart?: (payout: DrivenPayout) => void;
  /** What a worker says to `check`; default: it would go on, and nobody is asked. */
  readonly checkAnswer?: CheckAnswer;
};

/**
 * Says what happens to a payout. Each step takes it there by the way that payouts take, as far as that is needed (`paid` of one
 * that was just started screens, sends and accepts it), and throws an `ImpossibleStepError` where there is none.
 */
export type DrivenPayout = {
  /** Its plan is frozen, and it is being screened. */
  plan(): DrivenPayout;
  /** It waits for people, whose decisions count as they do for real. */
  askPeople(people: AskedPeople): DrivenPayout;
  /** Ready to be sent. */
  prepare(): DrivenPayout;
  /** A send is under way. */
  send(): DrivenPayout;
  /** A send may have been accepted, and nobody knows; default code `timeout`. */
  unconfirmed(code?: ProviderFailureCode): DrivenPayout;
  /**
   * What may have been accepted was not: the provider's look-ups prove it. It can be sent again; where somebody wished to cancel it,
   * it is cancelled. The only way from `unconfirmed` back to a send.
   */
  provenAbsent(): DrivenPayout;
  accepted(providerPayoutId?: string): DrivenPayout;
  processing(): DrivenPayout;
  paid(options?: FinalOptions): DrivenPayout;
  /** Paid, and the money came back. */
  returned(options?: FinalOptions): DrivenPayout;
  /** Default `provider_failed`: accepted, and ended unpaid. */
  failed(reason?: ReasonCode, options?: FinalOptions): DrivenPayout;
  /** Default `policy_blocked`. */
  rejected(reason?: ReasonCode): DrivenPayout;
  /** Default `approval_expired` while people are asked, else `hold_expired`. */
  expired(reason?: ReasonCode): DrivenPayout;
  hold(reason: HeldReason, note?: string): DrivenPayout;
  release(by?: string): DrivenPayout;
  /** The watch behind a final status is over. */
  close(): DrivenPayout;
  /** Somebody ended the run from outside. */
  terminate(): DrivenPayout;
};

export type InMemoryPayouts = {
  readonly client: PayoutClient;
  /** The payout, to be driven. Throws `payout_not_found`. */
  readonly payout: (address: PayoutAddress) => DrivenPayout;
  /** The next call of a method fails: before anything was done, or after (`afterwards`), as when a reply is lost. */
  readonly failNext: (method: Exclude<keyof PayoutClient, 'close'>, failure: FailNext) => void;
  /** No worker answers, until there are workers again. */
  readonly stopWorkers: () => void;
  readonly startWorkers: () => void;
  /** Moves the clock; waits of `outcome` whose time is up by then end. */
  readonly advance: (ms: number) => void;
  readonly now: () => number;
};

/** An installation without a server, for tests of services: the same client, the same rules, and whoever tests says what happens. */
export function createInMemoryPayouts(options: InMemoryOptions = {}): InMemoryPayouts {
  assertInMemoryOptions(options);
  const memory = new InMemoryInstallation(options);
  const failing = failingOnDemand(memory.client());
  return {
    client: strictClient(failing.client),
    payout: (address) => driven(memory.existing(address)),
    failNext: failing.failNext,
    stopWorkers: () => memory.setWorkers(false),
    startWorkers: () => memory.setWorkers(true),
    advance(ms) {
      assertAdvance(ms);
      memory.advance(ms);
    },
    now: () => memory.now(),
  };
}

function driven(payout: InMemoryPayout): DrivenPayout {
  const step = (drive: () => void): DrivenPayout => {
    drive();
    return driver;
  };
  const driver: DrivenPayout = {
    plan: () => step(() => payout.plan()),
    askPeople: (people) => step(() => payout.askPeople(people)),
    prepare: () => step(() => payout.prepare()),
    send: () => step(() => payout.send()),
    unconfirmed: (code = 'timeout') => step(() => payout.unconfirmed(code)),
    provenAbsent: () => step(() => payout.provenAbsent()),
    accepted: (id = `in-memory-${payout.runId.slice(0, 8)}`) => step(() => payout.accepted(id)),
    processing: () => step(() => payout.processing()),
    paid: (options = {}) => step(() => payout.paid(options)),
    returned: (options = {}) => step(() => payout.returned(options)),
    failed: (reason = 'provider_failed', options = {}) => step(() => payout.failed(reason, options)),
    rejected: (reason = 'policy_blocked') => step(() => payout.rejected(reason)),
    expired: (reason = payout.status === 'awaiting-approval' ? 'approval_expired' : 'hold_expired') =>
      step(() => payout.expired(reason)),
    hold: (reason, note) => step(() => payout.hold(reason, note)),
    release: (by) => step(() => payout.release(by)),
    close: () => step(() => payout.close()),
    terminate: () => step(() => payout.terminate()),
  };
  return strictDriver(driver);
}

class InMemoryInstallation implements InMemoryWorld {
  readonly account: NonNullable<PayoutSnapshot['account']>;
  /** By workflow id, in the order in which they were started. */
  readonly #payouts = new Map<string, InMemoryPayout>();
  readonly #accounts = new Map<string, AccountState>();
  /** Temporal answers an update id that it knows from memory; decisions have one for their content. */
  readonly #answers = new Map<string, Awaited<ReturnType<PayoutClient['decide']>>>();
  #now: number;
  #hasWorkers = true;
  #waiting: (() => void)[] = [];

  constructor(private readonly options: InMemoryOptions) {
    this.account = options.account ?? { id: 'main', provider: 'in-memory', mode: 'sandbox' };
    this.#now = options.startAt ?? Date.UTC(2026, 0, 1);
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell();
  }

  setWorkers(areThere: boolean): void {
    this.#hasWorkers = areThere;
  }

  isPaused(account: string): boolean {
    return this.#accounts.get(account)?.paused === true;
  }

  existing(address: PayoutAddress): InMemoryPayout {
    const workflowId = payoutWorkflowId(address);
    const payout = this.#payouts.get(workflowId);
    if (payout === undefined)
      throw new PayoutClientError(
        'payout_not_found',
        `could not read ${workflowId}: there is no such payout`,
      );
    return payout;
  }

  client(): PayoutClient {
    return {
      start: async (request) => this.#start(request),
      check: async (request) => this.#check(request),
      get: async (address) => {
        const payout = this.existing(address);
        if (payout.isOpen || payout.view().closed !== undefined) this.#assertWorkers(payout);
        return payout.view();
      },
      payee: async (address, { reveal = false } = {}) => this.#asked(address).payee(reveal),
      timeline: async (address) => this.#asked(address).timeline(),
      events: (options) => this.#events(options),
      history: async (options) => {
        const { workflowId } = this.existing(options);
        throw new PayoutClientError(
          'temporal_refused',
          `could not read the history of ${workflowId}: a payout in memory has none`,
        );
      },
      list: (options = {}) => this.#list(options),
      outcome: async (options) => this.#outcome(options),
      decide: async (command) => this.#decide(command),
      cancel: async ({ by, reason, ...address }) => {
        const payout = this.#open(address, 'cancel');
        return this.#answered(payout.cancel(by, reason), 'cancel', payout);
      },
      recall: async (command) => this.#recall(command),
      replace: async (command) => this.#replace(command),
      resume: async ({ by, ...address }) => {
        const resumed = this.#open(address, 'resume').resume(by);
        if (typeof resumed === 'string') throw refusedBecause(resumed);
        return resumed;
      },
      resolve: async ({ tenant, reference, ...said }) => {
        const payout = this.#open({ tenant, reference }, 'resolve');
        const request = parseResolveRequest({ schema: 1, ...said });
        if (request === undefined) throw refusedBecause('resolution_malformed');
        const result = payout.resolve(request);
        if (typeof result === 'string') throw refusedBecause(result);
        return result;
      },
      pauseAccount: async ({ account, by, reason = '' }) => {
        this.#assertAnswers(`pause account/${account}`);
        return this.#setAccount(account, { paused: true, by, reason, since: this.#now });
      },
      resumeAccount: async (command) => this.#resumeAccount(command),
      toppedUp: async ({ account, by }) => {
        this.#assertAnswers(`tell account/${account} of the top-up`);
        const state = this.#accounts.get(account) ?? { paused: false };
        this.#setAccount(account, state);
        return { account, ...state, payouts: this.#wake(account, ['insufficient_funds'], by) };
      },
      accounts: () => this.#listAccounts(),
      workers: async (options = {}) => this.#workersAt(options),
      close: async () => undefined,
    };
  }

  #workersAt({ taskQueue = defaultTaskQueue, ...address }: WorkersOptions): PollingWorkers {
    if (address.tenant !== undefined) this.existing(address);
    const worker = {
      identity: 'in memory',
      asksFor: ['workflow', 'activity'] as const,
      lastAskedAt: this.#now,
      polled: true,
    };
    return { taskQueue, polled: this.#hasWorkers, workers: this.#hasWorkers ? [worker] : [] };
  }

  #start(input: unknown): StartedPayout {
    const parsed = parsePayoutRequest(input);
    if (!parsed.ok) throw new PayoutRequestInvalidError(parsed.problems);
    const { request, given } = parsed;
    const { tenant, reference } = request;
    const workflowId = payoutWorkflowId(request);
    const digest = requestDigest(request);
    const before = this.#payouts.get(workflowId);
    if (before !== undefined) {
      if (before.requestDigest !== digest)
        throw new ReferenceReusedError(workflowId, digest, before.requestDigest, {
          asked: reference,
          existing: before.request.reference,
        });
      return { tenant, reference, workflowId, runId: before.runId, started: false };
    }
    const payout = new InMemoryPayout(request, given, workflowId, digest, this);
    this.#payouts.set(workflowId, payout);
    if (this.#takesItsPlace(payout) && this.#hasWorkers) this.options.onStart?.(driven(payout));
    return { tenant, reference, workflowId, runId: payout.runId, started: true };
  }

  /** One that names another whose place it cannot take is refused by its run. */
  #takesItsPlace(payout: InMemoryPayout): boolean {
    const { tenant, reference, replaces } = payout.request;
    if (replaces === undefined) return true;
    const old = this.#payouts.get(payoutWorkflowId({ tenant, reference: replaces }));
    const holder = old?.replacedBy;
    const isFree = holder === undefined || isSameReference(holder, reference);
    const hasEndedUnpaid = old !== undefined && !old.isOpen && old.view().moneyMoved === 'no';
    if (old === undefined || !isFree || !hasEndedUnpaid) {
      payout.rejected('request_invalid');
      return false;
    }
    old.takePlaceBy(reference);
    return true;
  }

  #check(input: unknown): Awaited<ReturnType<PayoutClient['check']>> {
    const parsed = parsePayoutRequest(input);
    if (!parsed.ok)
      return {
        verdict: 'refused',
        problems: parsed.problems,
        warnings: [],
        normalised: [],
        reference: 'not-asked',
        worker: { answered: false },
      };
    const { request, warnings } = parsed;
    const before = this.#payouts.get(payoutWorkflowId(request));
    const answer = this.options.checkAnswer ?? this.#plannedAnswer();
    const said = { problems: [], warnings, normalised: normalisedFields(input, request) };
    const worker = this.#hasWorkers ? { answered: true as const, answer } : { answered: false as const };
    if (before !== undefined) {
      const isSame = before.requestDigest === requestDigest(request);
      return isSame
        ? { ...said, verdict: 'exists', reference: 'same-content', worker }
        : { ...said, verdict: 'refused', reference: 'other-content', worker };
    }
    const byWorker = answer.kind === 'planned' ? 'starts' : answer.kind;
    return { ...said, verdict: this.#hasWorkers ? byWorker : 'not-known', reference: 'free', worker };
  }

  #plannedAnswer(): CheckAnswer {
    const { id, provider, mode } = this.account;
    return {
      kind: 'planned',
      account: id,
      provider,
      mode,
      needsQuote: false,
      policy: { label: 'in memory', because: 'the test decides', lines: [], peopleNeeded: 0 },
      warnings: [],
    };
  }

  async *#events({
    afterSeq = 0,
    signal,
    ...address
  }: EventsOptions): AsyncGenerator<PayoutEvent, void, undefined> {
    const payout = this.existing(address);
    for (let lastSeq = afterSeq; ;) {
      if (signal?.aborted === true) return;
      this.#assertWorkers(payout);
      const wait = payout.changed();
      for (const event of payout.timeline()) {
        if (event.seq <= lastSeq) continue;
        lastSeq = event.seq;
        yield event;
      }
      if (!payout.isOpen) return;
      await Promise.race([wait, abortOf(signal)]);
    }
  }

  async #outcome({
    timeoutMs = 0,
    signal,
    ...address
  }: Parameters<PayoutClient['outcome']>[0]): ReturnType<PayoutClient['outcome']> {
    const payout = this.existing(address);
    const deadline = this.#now + timeoutMs;
    for (;;) {
      if (signal?.aborted === true)
        throw new PayoutClientError('aborted', `stopped waiting for the outcome of ${payout.workflowId}`);
      const outcome = provenOutcome(payout.description());
      if (outcome.final || outcome.closed !== undefined || this.#now >= deadline) return outcome;
      await Promise.race([payout.changed(), this.#clockMoved(), abortOf(signal)]);
    }
  }

  async #clockMoved(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async *#list(options: ListOptions): AsyncGenerator<ReturnType<typeof listedPayout>, void, undefined> {
    const { limit = Number.POSITIVE_INFINITY, pageSize: _, since, until, after, ...filter } = options;
    // What the server would be asked is checked in the same words.
    visibilityQuery(filter);
    const { status, tenant, account, held, attention } = filter;
    const behind = after === undefined ? undefined : positionOf(after);
    const statuses = status === undefined ? undefined : [status].flat();
    const found = [...this.#payouts.values()]
      .map((payout) => payout.description())
      .filter(
        (run) =>
          (statuses === undefined || statuses.includes(run.lastStatus)) &&
          (tenant === undefined || run.tenant === tenant) &&
          (account === undefined || run.account === account) &&
          (held === undefined ||
            (typeof held === 'boolean'
              ? (run.heldReason !== undefined) === held
              : run.heldReason === held)) &&
          // Nothing waits too long here: the clock moves when the test says so.
          (attention === undefined || attention === false) &&
          (since === undefined || run.startedAt >= since) &&
          (until === undefined || run.startedAt < until) &&
          (behind === undefined || comparePositions(behind, run) < 0),
      )
      .toSorted(comparePositions);
    for (const run of found.slice(0, limit)) yield listedPayout(run);
  }

  #decide({
    tenant,
    reference,
    ...said
  }: Parameters<PayoutClient['decide']>[0]): Awaited<ReturnType<PayoutClient['decide']>> {
    const payout = this.existing({ tenant, reference });
    const decision = parseDecision({ schema: 1, ...said });
    if (decision === undefined) throw refusedBecause('decision_malformed');
    // The same person's same decision on the same content is one decision.
    const id = [payout.workflowId, personId(decision.by), decision.decision, decision.digest].join('\n');
    const before = this.#answers.get(id);
    if (before !== undefined) return before;
    this.#open({ tenant, reference }, 'decide');
    const result = payout.decide(decision);
    if (result === 'not asked yet') return this.#answered<never>(undefined, 'decide', payout);
    if (typeof result === 'string') throw refusedBecause(result);
    this.#answers.set(id, result);
    return result;
  }

  #recall({
    by,
    reason,
    replacedBy,
    ...address
  }: Parameters<PayoutClient['recall']>[0]): Awaited<ReturnType<PayoutClient['recall']>> {
    const payout = this.#open(address, 'recall');
    if (!payout.isRequester(by)) throw refusedBecause('not_the_requester');
    const recalled = payout.cancel(by, reason, replacedBy === undefined ? {} : { replacedBy });
    return this.#answered(recalled, 'recall', payout);
  }

  #replace(command: Parameters<PayoutClient['replace']>[0]): StartedPayout {
    const { tenant, reference, by, reason } = command;
    const request = checkRequest({ ...command.request, replaces: reference });
    if (request.tenant !== tenant || isSameReference(request.reference, reference))
      throw new PayoutClientError(
        'arguments_invalid',
        'the new payout needs the tenant of the old one, and a reference of its own (not only in other case)',
      );
    const old = this.existing({ tenant, reference });
    if (old.isOpen) {
      this.#assertCanStart(request);
      this.#recall({
        tenant,
        reference,
        by,
        replacedBy: request.reference,
        ...(reason === undefined ? {} : { reason }),
      });
    }
    const { replacedBy, moneyMoved, status } = old.view();
    const isFree = replacedBy === undefined || isSameReference(replacedBy, request.reference);
    if (!isFree || old.isOpen || moneyMoved !== 'no')
      throw new PayoutClientError(
        'payout_closed',
        `${old.workflowId} is not replaced by this (${isFree ? `it is ${status}` : `${replacedBy} takes its place`}): ${request.reference} was not started by this call`,
      );
    return this.#start({ ...command.request, replaces: reference });
  }

  /** Nothing is recalled for a payout that could not start. */
  #assertCanStart(request: PayoutRequest): void {
    const { verdict, reference, worker } = this.#check(request);
    const before = this.#payouts.get(payoutWorkflowId(request));
    if (before !== undefined && reference === 'other-content')
      throw new ReferenceReusedError(before.workflowId, requestDigest(request), before.requestDigest, {
        asked: request.reference,
        existing: before.request.reference,
      });
    const refused = (why: string): PayoutClientError =>
      new PayoutClientError('replacement_refused', `nothing was recalled by this call: ${why}`);
    if (before !== undefined && !before.isOpen && before.view().moneyMoved === 'no')
      throw refused(`${before.workflowId} was started before, and has ended as ${before.status}`);
    if (verdict === 'refused' && worker.answered && worker.answer.kind === 'refused')
      throw refused(
        `${payoutWorkflowId(request)} would be refused (${worker.answer.reason}): ${worker.answer.problems.join('; ')}`,
      );
  }

  #resumeAccount({
    account,
    by,
    reason,
  }: AccountCommand): Awaited<ReturnType<PayoutClient['resumeAccount']>> {
    this.#assertAnswers(`resume account/${account}`);
    if (!this.isPaused(account)) throw refusedBecause('not_paused');
    const state = this.#setAccount(account, {
      paused: false,
      by,
      since: this.#now,
      ...(reason === undefined ? {} : { reason }),
    });
    return { ...state, payouts: this.#wake(account, ['account_paused', 'credentials_refused'], by) };
  }

  #setAccount(account: string, state: AccountState): AccountView {
    if (!accountPattern.test(account)) throw new PayoutClientError('arguments_invalid', 'no account id');
    this.#accounts.set(account, state);
    return { account, ...state };
  }

  /** Tells the payouts that wait for something of the account; whoever drives them says what they do then. */
  #wake(account: string, reasons: readonly HeldReason[], by: string): number {
    const waiting = [...this.#payouts.values()].filter(
      (payout) =>
        payout.isOpen &&
        payout.accountId === account &&
        payout.heldReason !== undefined &&
        reasons.includes(payout.heldReason),
    );
    for (const payout of waiting) payout.release(personId(by));
    return waiting.length;
  }

  async *#listAccounts(): AsyncGenerator<AccountView, void, undefined> {
    for (const [account, state] of this.#accounts) yield { account, ...state };
  }

  /** A payout whose run takes messages, by a worker that carries them out. */
  #open(address: PayoutAddress, verb: string): InMemoryPayout {
    const payout = this.existing(address);
    if (!payout.isOpen)
      throw new PayoutClientError(
        'payout_closed',
        `could not ${verb} ${payout.workflowId}: its run has ended, the last status is ${payout.status}`,
      );
    this.#assertAnswers(`${verb} ${payout.workflowId}`);
    return payout;
  }

  #asked(address: PayoutAddress): InMemoryPayout {
    const payout = this.existing(address);
    this.#assertWorkers(payout);
    return payout;
  }

  #assertWorkers({ workflowId }: InMemoryPayout): void {
    if (!this.#hasWorkers)
      throw new PayoutClientError(
        'worker_not_available',
        `could not ask ${workflowId}: no worker answered in time`,
      );
  }

  #assertAnswers(what: string): void {
    if (!this.#hasWorkers)
      throw new PayoutClientError(
        'reply_timed_out',
        `could not ${what}: no worker answered in time; it may still be carried out`,
      );
  }

  /** What waits for something that nobody has driven yet is not answered in time. */
  #answered<T>(answer: T | undefined, verb: string, { workflowId }: InMemoryPayout): T {
    if (answer === undefined)
      throw new PayoutClientError(
        'reply_timed_out',
        `could not ${verb} ${workflowId}: no worker answered in time; it may still be carried out`,
      );
    return answer;
  }
}

async function abortOf(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}
