export { createPayoutClient } from './create-payout-client';
export type { PayoutClient, PayoutClientOptions } from './payout-client';
export type { TemporalConnectionSettings } from './temporal-connection';
export type { CallTimeouts } from './temporal-calls';
export { parsePayoutAddress } from './payout-address';
export type { PayoutAddress } from './payout-address';
export type { NormalisedField, PayoutCheck } from './check-payout';
export { requestDigest } from './start-payout';
export type { StartedPayout } from './start-payout';
export type { PayeeOptions, PayoutView } from './read-payout';
export type { ClosedOtherwise } from './run-description';
export type { OutcomeOptions, PayoutOutcome } from './payout-outcome';
export type { EventsOptions } from './payout-events';
export type { HistoryOptions } from './payout-history';
export type { ListedPayout, ListOptions } from './payout-list';
export type { PollingWorker, PollingWorkers, WorkersOptions } from './polling-workers';
export { payoutAttentions } from './visibility-query';
export type { PayoutAttention, PayoutFilter } from './visibility-query';
export type { ListedAmount } from '../contract/workflow-inputs';
export type { DecideCommand, OperatorCommand, RecallCommand, ResolveCommand } from './payout-commands';
export type { ReplaceCommand } from './replace-payout';
export type {
  AccountCommand,
  AccountView,
  PauseCommand,
  ResumedAccount,
  ToppedUpAccount,
} from './account-commands';
export {
  clientErrorCodes,
  PayoutClientError,
  PayoutRefusedError,
  PayoutRequestInvalidError,
  ReferenceReusedError,
} from './errors';
export type { ClientErrorCode, InvalidField } from './errors';
export { TemporalUnreachableError, unreachableReasons } from './unreachable-temporal';
export type { UnreachableReason } from './unreachable-temporal';
export { refusalTexts } from './refusal-texts';
export type { Refusal } from './refusal-texts';

export { payoutWorkflowId, parsePayoutWorkflowId } from '../contract/workflow-ids';
export type {
  AmountSide,
  BankAccount,
  Beneficiary,
  Card,
  CryptoWallet,
  MobileWallet,
  PayerContext,
  PayoutMethod,
  PayoutRequest,
  PayoutSource,
  RateLimits,
  RequestedAmount,
  SavedDestination,
} from '../domain/payout-request';
export type {
  ApprovalSummary,
  AttemptSummary,
  CancelOutcome,
  DecideResult,
  PayoutAmounts,
  PayoutEvent,
  PayoutEventOf,
  PayoutEventType,
  PayoutSnapshot,
  ResolutionSummary,
} from '../domain/payout-snapshot';
export type { ListedEntry, ListedFinding, Payee, PayeeDetail, PayeeView } from '../domain/payee-view';
export type { CheckAnswer } from '../domain/payout-check';
export { isFinal, payoutStatuses } from '../domain/payout-status';
export type { MoneyMoved, PayoutStatus } from '../domain/payout-status';
export { heldReasons, reasonCodes } from '../domain/reason';
export type { Held, HeldReason, OwnerRole, ReasonCode } from '../domain/reason';
export { decisionRefusals } from '../domain/approval';
export type { Decision, DecisionRefusal } from '../domain/approval';
export { resolutionRefusals, resolveOutcomes } from '../domain/resolution';
export type { ResolutionRefusal, ResolveOutcome, ResolveRequest, ResolveResult } from '../domain/resolution';
export type { AccountState, PauseCause } from '../domain/account-state';
export { accountRefusals, updateRefusals } from '../contract/messages';
export type { AccountRefusal, UpdateRefusal } from '../contract/messages';
export type { Money } from '../domain/money';
export type { Mode } from '../domain/attempt-key';
