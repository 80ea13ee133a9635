import { cancellationSignal } from '@temporalio/activity';
import { assertNever } from '../domain/assert-never';
import { canonicalJson } from '../domain/canonical-json';
import type { BankAccount, Beneficiary, PayoutRequest } from '../domain/payout-request';
import { nationalAccountRule } from '../payee/national-accounts';
import type { PayeeIdentifier } from '../screening/identifiers';
import { mostHits, mostShownHits } from '../screening/screener';
import type {
  ScreeningDecision,
  ScreeningEvidence,
  ScreeningHit,
  ScreeningSubject,
} from '../screening/screener';
import type { ActivityDeps } from './activity-ports';
import type { PayoutActivities, ScreenPayoutResult } from './payout-activities';
import { withinTime } from './within-time';

/**
 * A decision's requests have time limits of their own; together they end below the local activity's, so that a screener that
 * takes too long is one that cannot say, not a failure of ours.
 */
const longestScreeningMs = 7_000;

/** Screens the beneficiary. What goes wrong on the way is `unavailable`, never clear. */
export function createScreenPayout({ installation, ports }: ActivityDeps): PayoutActivities['screenPayout'] {
  return async ({ request }) => {
    try {
      const screened = await withinTime(ports, longestScreeningMs, cancellationSignal(), (signal) =>
        installation.screener.screen(subjectOf(request), signal),
      );
      if (screened.kind === 'too-late') return { kind: 'unavailable', note: 'the screener takes too long' };
      return toResult(request, screened.value, ports.sha256);
    } catch {
      return { kind: 'unavailable', note: 'the screener failed' };
    }
  };
}

/** What of a request is screened. */
export function subjectOf({ beneficiary, destination: { country } }: PayoutRequest): ScreeningSubject {
  const { name } = beneficiary;
  const identifiers = identifiersOf(beneficiary, country);
  const subject = { name, country, ...(identifiers.length === 0 ? {} : { identifiers }) };
  if (beneficiary.method !== 'bank-account') return subject;
  const { bic, ifsc } = beneficiary.account;
  const bankCode = bankCodeOf(beneficiary.account, country);
  const bank = {
    ...(bankCode === undefined ? {} : { bankCode }),
    ...(bic === undefined ? {} : { bic }),
    ...(ifsc === undefined ? {} : { ifsc }),
  };
  return { ...subject, ...(Object.keys(bank).length === 0 ? {} : { bank }) };
}

/** Where the country's code of a branch is the bank's as well (a sort code), it may stand in either field. */
const bankCodeOf = ({ bankCode, branchCode }: BankAccount, country: string): string | undefined =>
  bankCode ?? (nationalAccountRule(country)?.code?.orBranchCode === true ? branchCode : undefined);

/** A saved destination is the provider's secret: nobody here knows what it stands for. */
function identifiersOf(beneficiary: Beneficiary, country: string): readonly PayeeIdentifier[] {
  switch (beneficiary.method) {
    case 'bank-account': {
      const { accountNumber } = beneficiary.account;
      const bankCode = bankCodeOf(beneficiary.account, country);
      const bank = bankCode === undefined ? {} : { bankCode };
      return [{ kind: 'account', value: accountNumber, country, ...bank }];
    }
    case 'mobile-wallet':
      return [{ kind: 'phone', value: beneficiary.account.phoneNumber, country }];
    case 'card':
      return [{ kind: 'card', value: beneficiary.account.cardNumber }];
    case 'crypto-wallet': {
      const { address, network } = beneficiary.account;
      return [{ kind: 'wallet', value: address, ...(network === undefined ? {} : { network }) }];
    }
    case 'saved-destination':
      return [];
    default:
      return assertNever(beneficiary, 'beneficiary');
  }
}

function toResult(
  request: PayoutRequest,
  decision: ScreeningDecision,
  sha256: (text: string) => string,
): ScreenPayoutResult {
  switch (decision.kind) {
    case 'clear':
      return { kind: 'clear', ...evidenceOf(decision) };
    case 'unavailable':
      return { kind: 'unavailable', note: decision.note };
    case 'match':
      return { kind: 'match', ...evidenceOf(decision), hits: decision.hits.slice(0, mostShownHits) };
    case 'possible': {
      const { hits } = decision;
      // Beyond that nobody knows all the entries, and a release would be about some of them only.
      if (hits.length >= mostHits)
        return { kind: 'unavailable', note: `similar to ${mostHits} entries or more` };
      const shown = hits.slice(0, mostShownHits);
      return {
        kind: 'possible',
        ...evidenceOf(decision),
        hits: shown,
        ...(hits.length === shown.length ? {} : { more: hits.length - shown.length }),
        digest: reviewDigest(request, hits, sha256),
      };
    }
    default:
      return assertNever(decision, 'screening decision');
  }
}

const evidenceOf = ({ lists, checks }: ScreeningEvidence): ScreeningEvidence => ({
  lists,
  ...(checks === undefined ? {} : { checks }),
});

/**
 * What a release is about: this beneficiary, and these entries. Another version of the same lists keeps it; one entry more
 * does not.
 */
function reviewDigest(
  { tenant, reference, beneficiary, destination }: PayoutRequest,
  hits: readonly ScreeningHit[],
  sha256: (text: string) => string,
): string {
  const entries = hits.map(({ list, entry }) => `${list} ${entry}`).toSorted();
  return `screening:v1:${sha256(canonicalJson({ tenant, reference, beneficiary, destination, entries }))}`;
}
