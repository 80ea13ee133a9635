import type { Client } from '@temporalio/client';
import type { PayoutRequest } from '../domain/payout-request';
import type { PayeeView } from '../domain/payee-view';
import type { CancelOutcome, DecideResult, PayoutEvent } from '../domain/payout-snapshot';
import type { ResolveResult } from '../domain/resolution';
import type {
  AccountCommand,
  AccountView,
  PauseCommand,
  ResumedAccount,
  ToppedUpAccount,
} from './account-commands';
import type { PayoutAddress } from './payout-address';
import type { DecideCommand, OperatorCommand, RecallCommand, ResolveCommand } from './payout-commands';
import type { PayoutCheck } from './check-payout';
import type { EventsOptions } from './payout-events';
import type { HistoryOptions } from './payout-history';
import type { ListedPayout, ListOptions } from './payout-list';
import type { PollingWorkers, WorkersOptions } from './polling-workers';
import type { OutcomeOptions, PayoutOutcome } from './payout-outcome';
import type { ReplaceCommand } from './replace-payout';
import type { PayeeOptions, PayoutView } from './read-payout';
import type { StartedPayout } from './start-payout';
import type { CallTimeouts } from './temporal-calls';
import type { TemporalConnectionSettings } from './temporal-connection';

export type PayoutClientOptions = Partial<CallTimeouts> &
  (
    | {
        /** A client of the caller's own, with its connection, namespace and data converter. `close` leaves it open. */
        readonly client: Client;
        /** Where the workers listen; default `payouts`. */
        readonly taskQueue?: string;
      }
    | (TemporalConnectionSettings & {
        readonly client?: undefined;
        /** Where the workers listen; default `payouts`. */
        readonly taskQueue?: string;
      })
  );

/**
 * How other services ask for payouts. Every method rejects with a `PayoutClientError` and nothing else; its `code` says
 * what happened. Every method can also fail with the codes of a connection: `temporal_unavailable`,
 * `temporal_permission_denied`, `temporal_namespace_missing`, `temporal_refused`.
 */
export type PayoutClient = {
  /**
   * Starts a payout, or meets the one that the same request started before: safe to repeat after any error, from any
   * process, for as long as Temporal retains the run (the namespace's retention, after it has ended).
   *
   * Rejects with `request_invalid` (`PayoutRequestInvalidError`, nothing was sent), `reference_reused`
   * (`ReferenceReusedError`: same reference, also in other case, other content), `search_attributes_missing`. After `temporal_unavailable`
   * the payout may have been started: repeat the call.
   */
  start(request: PayoutRequest): Promise<StartedPayout>;

  /**
   * What a start of the request would come to; starts nothing, asks no provider, screens nobody and burns no reference.
   * Validation first; then, where a worker answers within `answerTimeoutMs`, its route, account, policy and what speaks
   * against the request there. Without a worker the verdict is `not-known`, and no error. A later start can still come to
   * something else: routes, policies and lists change. Rejects with the codes of a connection.
   */
  check(request: unknown): Promise<PayoutCheck>;

  /**
   * Everything there is to know, now. Asks a worker (one billable query) unless the run has completed.
   * Rejects with `payout_not_found`, `worker_not_available`, `query_failed`, `reply_unreadable`.
   */
  get(payout: PayoutAddress): Promise<PayoutView>;

  /**
   * Whom it pays: name, bank, identifiers masked to their last four (whole with `reveal`), amounts, purpose, and what
   * screening found. Always asks a worker. Personal data: never log it. Rejects as `get`; `query_failed` also where the
   * worker is of a version that does not know the question.
   */
  payee(payout: PayoutAddress, options?: PayeeOptions): Promise<PayeeView>;

  /**
   * The events so far, numbered 1, 2, 3, … (a run of more than 2,000 events keeps the first and the newest ones, and the
   * numbers show it). Asks a worker. Rejects as `get`.
   */
  timeline(payout: PayoutAddress): Promise<readonly PayoutEvent[]>;

  /**
   * Follows the timeline: every event once, in order, without gaps, until the run has ended (watches included). A signal
   * ends it early without an error; `afterSeq` goes on from there. Rejects as `timeline`, for a worker or server that is
   * away only after `patienceMs`.
   */
  events(options: EventsOptions): AsyncIterable<PayoutEvent>;

  /**
   * The event history of a run as JSON, as Temporal's own tools write it: what `payouts replay` reads. It holds the whole
   * request, beneficiary included. Asks no worker. Rejects with `payout_not_found`.
   */
  history(options: HistoryOptions): Promise<string>;

  /**
   * Payouts by their search attributes, newest first by their start, open or ended. Eventually consistent, by fractions of a
   * second: for people and reports, never to decide whether to pay. Read bit by bit, however many there are; each one has a
   * `cursor`, and `after` goes on behind it without gaps or repeats, whatever was started meanwhile (what no longer fits the
   * filter is not shown again, and what came to fit it before that place is missed). Rejects with `arguments_invalid`.
   */
  list(options?: ListOptions): AsyncIterable<ListedPayout>;

  /**
   * Waits up to `timeoutMs` for a final status and returns where the payout stands then, final or not. Costs no query,
   * works while no worker runs. Before the end `moneyMoved` is always `unknown`, also of a payout that only waits for people:
   * what Temporal lists lags behind the run, and proves nothing. `get` asks the run itself, and can say `no`. Rejects with
   * `payout_not_found`, and `aborted` when the signal ends the wait.
   */
  outcome(options: OutcomeOptions): Promise<PayoutOutcome>;

  /**
   * Approves or rejects. Repeating the same decision counts once and returns the first answer.
   * Rejects with `payout_refused` (`PayoutRefusedError`, `refusal` says why), `payout_closed`, `payout_not_found`,
   * `arguments_invalid`, `update_failed`. After `reply_timed_out` it may still be carried out: repeat it.
   */
  decide(command: DecideCommand): Promise<DecideResult>;

  /**
   * Asks to cancel, and tells the truth: `cancelled` (nothing moved, nothing will), `too-late`, or `not-known` (a send
   * may have been accepted; it is not repeated, and the payout goes on to find out). Rejects as `decide`.
   */
  cancel(command: OperatorCommand): Promise<CancelOutcome>;

  /**
   * Whoever asked for the payout takes it back: like `cancel`, and answers like it. Rejects as `decide`; refusal
   * `not_the_requester`.
   */
  recall(command: RecallCommand): Promise<CancelOutcome>;

  /**
   * An edit: recalls a payout and starts another one of the same tenant in its place; each names the other. Starts nothing
   * unless the old one was recalled for it, or had ended unpaid and nobody has its place (`payout_closed` names who has).
   * Recalls nothing when the new one could not start: `request_invalid`, `reference_reused`, or, by what a worker says,
   * `replacement_refused`. Where its reference is taken after that look, `replacement_not_started`: the old one was recalled.
   * Safe to repeat after any error. Rejects as `recall` and `start`.
   */
  replace(command: ReplaceCommand): Promise<StartedPayout>;

  /** Ends a hold: the held step is tried again at once. Rejects as `decide`; refusal `not_held`. */
  resume(command: OperatorCommand): Promise<{ readonly resumed: string }>;

  /**
   * People say what became of a send whose outcome the machine cannot find out: name the provider's payout, say that it
   * was never accepted, confirm or reject what another person proposed, or wait on. Answers when it was carried out.
   * Nothing is ever sent by it. Rejects as `decide`; the refusals are `ResolutionRefusal`s.
   */
  resolve(command: ResolveCommand): Promise<ResolveResult>;

  /**
   * Pauses a provider account: within seconds no new send goes out by it, and payouts wait, held as `account_paused`. What
   * is unresolved goes on being resolved. Pausing twice renews the reason. Only workers know which
   * accounts there are: a mistyped id is paused, too, so look first (`list({ account, limit: 1 })`), as `payouts pause`
   * does. The answer says for which installation; `everywhere` pauses it for all of the namespace. Rejects with `arguments_invalid`, and as `decide`.
   */
  pauseAccount(command: PauseCommand): Promise<AccountView>;

  /** New sends by the account go on, and those held meanwhile are tried at once. Refusal `not_paused`. */
  resumeAccount(command: AccountCommand): Promise<ResumedAccount>;

  /**
   * There is money on the account: every payout that waits for it (held as `insufficient_funds`) is tried at once, twenty in
   * a second. Rejects as `pauseAccount`.
   */
  toppedUp(command: AccountCommand): Promise<ToppedUpAccount>;

  /** Every account that was ever paused or topped up, and whether it is paused now. Works while no worker runs. */
  accounts(): AsyncIterable<AccountView>;

  /**
   * Who asks Temporal for the work of a task queue, and whether anybody does: where nobody does, payouts are started and go
   * no further. Asks no worker. Rejects with `payout_not_found` when asked about a payout that is none.
   */
  workers(options?: WorkersOptions): Promise<PollingWorkers>;

  /** Closes the connection, when the client made it. */
  close(): Promise<void>;
};
