import type { AccountRefusal, UpdateRefusal } from '../contract/messages';
import type { DecisionRefusal } from '../domain/approval';
import type { ResolutionRefusal } from '../domain/resolution';

/** Every code that a payout or an account can refuse a message with. */
export type Refusal = DecisionRefusal | ResolutionRefusal | UpdateRefusal | AccountRefusal;

/** In words: what each refusal means, and what to do next. `docs/errors.md` holds the same sentences; a test compares. */
export const refusalTexts: Readonly<Record<Refusal, { readonly meaning: string; readonly next: string }>> = {
  decision_malformed: {
    meaning: 'It is no decision: see `Decision` in `src/domain/approval.ts`.',
    next: 'Use `payouts decide`, which writes it in the right form.',
  },
  too_late: {
    meaning: 'No approval is open: not asked for yet, already decided, or over.',
    next: 'Show the payout: its status and its approval say which of these it is.',
  },
  digest_mismatch: {
    meaning: 'It names other content than what is open now.',
    next: 'Show the payout, look at the amounts again, and decide on the digest that it shows.',
  },
  unknown_approver: {
    meaning: 'The person is not on the list.',
    next: 'Have one of the people decide whom the payout names as those who may (by the policy as it was when the payout began).',
  },
  requester_cannot_approve: {
    meaning: 'Who asked for the payout cannot decide about it.',
    next: 'Have another approver decide.',
  },
  already_decided: {
    meaning: 'The person has approved already.',
    next: 'Have another approver decide: everybody counts once.',
  },
  not_this_level: {
    meaning:
      'The person belongs to another level than the one that is asked now, or to an escalation that is not due.',
    next: 'Show the payout: it says which level is asked, and who may decide.',
  },
  reason_required: {
    meaning: 'Somebody similar to a listed name is let go only with a reason.',
    next: 'Decide again with `--reason`: why it is somebody else.',
  },
  role_lost: {
    meaning: 'The person had the role when the payout began, and has it no longer.',
    next: 'Have somebody decide who has the role today.',
  },
  proof_required: {
    meaning: 'This installation counts only decisions that carry a signed proof (`approvals.requireProof`).',
    next: 'Get a token from the identity provider (in development: `payouts token`) and decide with `--proof`.',
  },
  proof_invalid: {
    meaning: 'The proof is no token of a known issuer, or its signature does not hold.',
    next: 'Get a new token; `docs/decision-proof.md` says what one needs.',
  },
  proof_expired: {
    meaning: 'The proof is too old, or lives for longer than is allowed.',
    next: 'Get a new token and decide at once.',
  },
  proof_mismatch: {
    meaning: 'The proof is about something else: another payout, digest, decision or person.',
    next: 'Show the payout, and get a token for the digest that it shows.',
  },
  proof_unavailable: {
    meaning:
      'The proof cannot be checked right now: the keys of its issuer cannot be read, or no issuer is configured.',
    next: 'Try again in a minute; engineers: see `approvals.issuers` of the configuration.',
  },
  decision_unchecked: {
    meaning: 'No worker could check the decision in time.',
    next: 'Decide again: nothing was counted.',
  },
  decision_needed: {
    meaning: 'It waits for a decision of people, not for somebody to resume it.',
    next: 'Use `payouts decide`.',
  },
  not_the_requester: {
    meaning: 'Only who asked for the payout can take it back.',
    next: 'Have the requester recall it, or cancel it.',
  },
  message_malformed: {
    meaning: '`by` or the reason cannot be used: missing, too long, or not one line.',
    next: 'Give `by` with 1 to 128 characters, and a reason with 1 to 500.',
  },
  not_held: {
    meaning: 'There is nothing to resume.',
    next: 'Show the payout: it goes on by itself, waits for an approval, or has ended.',
  },
  resolution_malformed: {
    meaning: 'It is no resolution: see `ResolveRequest` in `src/domain/resolution.ts`.',
    next: 'Use `payouts resolve`, which writes it in the right form.',
  },
  not_unresolved: {
    meaning:
      'No outcome is unknown: the payout is not `unconfirmed`, nor accepted and held as `provider_mismatch`.',
    next: 'Show the payout: it is known what became of it, or nothing was sent yet.',
  },
  not_yet: {
    meaning:
      "The machine can still find out by itself (it is not held as `outcome_unknown`, a replay is possible, or the provider's declared wait is not over), or another hold comes first.",
    next: 'Show the payout: end another hold first; otherwise wait for the next check, and for the end of the key window (Pontis: 24 hours after the first send).',
  },
  send_in_flight: {
    meaning: 'A send is under way, or a lost one may still be.',
    next: 'Try again in a few minutes.',
  },
  another_in_hand: {
    meaning: 'Another resolution is being carried out at this moment.',
    next: 'Show the payout in a moment, and see what came of the other one.',
  },
  requester_cannot_resolve: {
    meaning: 'Who asked for the payout cannot decide what became of it.',
    next: 'Have another person resolve it.',
  },
  proposal_open: {
    meaning: 'Another proposal is open: confirm or reject it first.',
    next: 'Show the payout to read the open proposal, then use `--confirm` or `--reject` with its id.',
  },
  no_proposal: {
    meaning: 'No proposal is open, or another send made it void.',
    next: 'Show the payout; propose it anew where that still holds.',
  },
  proposal_changed: {
    meaning: 'It names another proposal than the open one.',
    next: 'Show the payout, read the open proposal, and name its id.',
  },
  same_person: {
    meaning: 'Who proposed it cannot confirm it.',
    next: 'Have a second, different person confirm it.',
  },
  nothing_to_change: {
    meaning: 'What it says of the credentials is known already, or was asked a short time ago.',
    next: 'Nothing: only workers send such messages.',
  },
  not_paused: { meaning: 'The account is not paused.', next: '`payouts accounts` says which ones are.' },
};

/** Undefined for a code that only newer workers know. */
export const refusalText = (code: string): { readonly meaning: string; readonly next: string } | undefined =>
  Object.hasOwn(refusalTexts, code) ? refusalTexts[code as Refusal] : undefined;
