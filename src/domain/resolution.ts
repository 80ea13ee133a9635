import { personId } from './person';
import type { IdempotencyContract } from './idempotency-contract';
import type { PayoutStatus } from './payout-status';
import type { HeldReason } from './reason';
import { mayReplay, peopleMayJudgeAt } from './submission';
import type { AttemptLog } from './submission';

/**
 * What people may do about a send whose outcome the machine cannot find out. Nothing here ever sends again: a payout that
 * people end this way needs a new reference to be paid.
 */
export type ResolveRequest =
  /** This is our payout at the provider: read it back, compare it, follow it. */
  | {
      readonly schema: 1;
      readonly by: string;
      readonly action: 'adopt';
      readonly providerPayoutId: string;
      readonly reason?: string;
    }
  /** Proposes that the provider never accepted it. Holds nothing until another person confirms it. */
  | {
      readonly schema: 1;
      readonly by: string;
      readonly action: 'never-accepted';
      /** What the provider said, where and when: kept in the timeline, no personal data. */
      readonly evidence: string;
    }
  /** A second person confirms what the open proposal says. */
  | { readonly schema: 1; readonly by: string; readonly action: 'confirm'; readonly proposal: string }
  /** Takes the open proposal back, or turns it down. */
  | {
      readonly schema: 1;
      readonly by: string;
      readonly action: 'reject';
      readonly proposal: string;
      readonly reason?: string;
    }
  /** A person looked, and it goes on waiting: the hold's deadline begins anew. */
  | {
      readonly schema: 1;
      readonly by: string;
      readonly action: 'keep-waiting';
      readonly reason: string;
    };

/** The answer to a resolution, after it was carried out. */
export type ResolveResult = {
  readonly outcome: ResolveOutcome;
  /** The proposal that is open now, when one is. */
  readonly proposal?: string;
  /** The provider's id, where the payout is identified by now. */
  readonly providerPayoutId?: string;
};

/**
 * What became of it:
 * - `adopted`: the provider's payout is ours and is followed;
 * - `ended`: two people confirmed that it was never accepted; it ended as failed;
 * - `proposed`: a second, different person has to confirm;
 * - `rejected`, `waiting`: as asked;
 * - `mismatch`: the provider's payout is not ours; nothing changed;
 * - `not-found`: the provider shows no such payout; nothing changed;
 * - `not-read`: the provider could not be asked; nothing changed;
 * - `found-otherwise`: the machine found out by itself meanwhile: show the payout;
 * - `not-concluded`: something else came first: show the payout.
 */
export const resolveOutcomes = [
  'adopted',
  'ended',
  'proposed',
  'rejected',
  'waiting',
  'mismatch',
  'not-found',
  'not-read',
  'found-otherwise',
  'not-concluded',
] as const;
export type ResolveOutcome = (typeof resolveOutcomes)[number];

/** What is proposed, by whom; a second, different person names `id` to confirm exactly this. */
export type Proposal = {
  readonly id: string;
  readonly kind: 'adopt' | 'never-accepted';
  readonly by: string;
  readonly at: number;
  readonly evidence: string;
  readonly providerPayoutId?: string;
  readonly confirmedBy?: string;
};

/** Why a resolution does not count: public codes, never renamed. */
export const resolutionRefusals = [
  'resolution_malformed',
  'not_unresolved',
  'not_yet',
  'send_in_flight',
  'another_in_hand',
  'requester_cannot_resolve',
  'proposal_open',
  'no_proposal',
  'proposal_changed',
  'same_person',
] as const;
export type ResolutionRefusal = (typeof resolutionRefusals)[number];

/** What a run knows when somebody wants to resolve it; the validator and the handler ask the same question. */
export type ResolutionState = {
  readonly status: PayoutStatus;
  readonly heldReason?: HeldReason;
  readonly requestedBy: string;
  readonly sendInFlight: boolean;
  /** Another resolution is being carried out. */
  readonly inHand: boolean;
  readonly proposal?: Proposal;
  readonly cancelRequested: boolean;
  readonly attempt?: { readonly log: AttemptLog; readonly contract: IdempotencyContract };
  readonly now: number;
};

/** Why a resolution does not count now, or undefined when it does. */
export function resolutionRefusal(
  state: ResolutionState,
  request: ResolveRequest,
): ResolutionRefusal | undefined {
  const { attempt, proposal, now } = state;
  const person = personId(request.by);
  // After its acceptance only one question is left for people: whether what the provider shows is ours.
  const isAcceptedAndDiffers =
    (state.status === 'submitted' || state.status === 'processing') &&
    state.heldReason === 'provider_mismatch';
  if ((state.status !== 'unconfirmed' && !isAcceptedAndDiffers) || attempt === undefined)
    return 'not_unresolved';
  if (isAcceptedAndDiffers && request.action === 'never-accepted') return 'not_unresolved';
  if (request.action === 'keep-waiting') return state.heldReason === undefined ? 'not_yet' : undefined;
  if (request.action === 'reject') return proposalRefusal(proposal, request.proposal, state.inHand);

  if (person === personId(state.requestedBy)) return 'requester_cannot_resolve';
  if (state.sendInFlight || now < (attempt.log.quietUntil ?? 0)) return 'send_in_flight';
  if (state.inHand) return 'another_in_hand';
  // Another hold (the account is missing, an activity fails) comes first: what people name could not be read back.
  const { heldReason } = state;
  if (heldReason !== undefined && !resolvable.has(heldReason)) return 'not_yet';
  if (request.action === 'confirm') {
    const refusal = proposalRefusal(proposal, request.proposal, false);
    if (refusal !== undefined || proposal === undefined) return refusal;
    if (person === proposal.by) return 'same_person';
    return proposal.kind === 'never-accepted' ? tooEarly(state, attempt) : undefined;
  }
  if (proposal !== undefined && !repeats(proposal, request, person)) return 'proposal_open';
  return request.action === 'never-accepted' ? tooEarly(state, attempt) : undefined;
}

const resolvable: ReadonlySet<HeldReason> = new Set<HeldReason>(['outcome_unknown', 'provider_mismatch']);

function proposalRefusal(
  proposal: Proposal | undefined,
  named: string,
  inHand: boolean,
): ResolutionRefusal | undefined {
  if (proposal === undefined) return 'no_proposal';
  if (proposal.id !== named) return 'proposal_changed';
  return inHand ? 'another_in_hand' : undefined;
}

/**
 * People may say "never accepted" only where the machine has given up: held as unknown with no replay possible any more, or
 * because what lies under our key differs; and the provider's own declared wait since the last unresolved send has passed.
 */
function tooEarly(
  { heldReason, cancelRequested, now }: ResolutionState,
  { log, contract }: NonNullable<ResolutionState['attempt']>,
): ResolutionRefusal | undefined {
  const isPeoples =
    heldReason === 'provider_mismatch' ||
    (heldReason === 'outcome_unknown' && !mayReplay(log, contract, { now, cancelRequested }));
  const early = !isPeoples || now < peopleMayJudgeAt(log, contract);
  return early ? 'not_yet' : undefined;
}

/** The same person says the same again, because the first answer was lost. */
const repeats = (proposal: Proposal, request: ResolveRequest, person: string): boolean =>
  proposal.by === person &&
  ((request.action === 'never-accepted' &&
    proposal.kind === 'never-accepted' &&
    proposal.evidence === request.evidence) ||
    (request.action === 'adopt' &&
      proposal.kind === 'adopt' &&
      proposal.providerPayoutId === request.providerPayoutId));

/** A provider's id as people may name it: a short token that can change no address it is put into. */
export const providerPayoutIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const proposalPattern = /^[A-Za-z0-9-]{1,64}$/;

/** A text that is shown to other people: one line, nothing invisible. */
export const isPlainText = (text: unknown, least: number, most: number): text is string =>
  typeof text === 'string' &&
  text.trim().length >= least &&
  text.length <= most &&
  !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u.test(text);

/** Reads a resolution out of any JSON; undefined when it is none. */
export function parseResolveRequest(input: unknown): ResolveRequest | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const {
    schema = 1,
    by,
    action,
    providerPayoutId,
    evidence,
    proposal,
    reason,
  } = input as Record<string, unknown>;
  if (schema !== 1 || typeof by !== 'string' || by.length > 128 || personId(by) === '') return undefined;
  const common = { schema: 1, by } as const;
  const why = reason === undefined ? {} : isPlainText(reason, 1, 500) ? { reason } : undefined;
  if (why === undefined) return undefined;
  switch (action) {
    case 'adopt':
      if (typeof providerPayoutId !== 'string' || !providerPayoutIdPattern.test(providerPayoutId))
        return undefined;
      return { ...common, action, providerPayoutId, ...why };
    case 'never-accepted':
      return isPlainText(evidence, 10, 500) ? { ...common, action, evidence } : undefined;
    case 'confirm':
    case 'reject':
      if (typeof proposal !== 'string' || !proposalPattern.test(proposal)) return undefined;
      return action === 'confirm' ? { ...common, action, proposal } : { ...common, action, proposal, ...why };
    case 'keep-waiting':
      return why.reason === undefined ? undefined : { ...common, action, reason: why.reason };
    default:
      return undefined;
  }
}
