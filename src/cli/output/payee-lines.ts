import { PayoutClientError } from '../../client/errors';
import type { ClientErrorCode } from '../../client/errors';
import type { PayoutAddress } from '../../client/payout-address';
import type { PayoutClient } from '../../client/payout-client';
import { isScriptDoubt } from '../../domain/payee-view';
import type { ListedFinding, Payee, PayeeDetail, PayeeView } from '../../domain/payee-view';

/** Whom a payout pays, or why that cannot be shown. */
export type AskedPayee =
  | { readonly ok: true; readonly view: PayeeView }
  | { readonly ok: false; readonly code: ClientErrorCode; readonly why: string };

/** What only a worker knows may be unknown without failing what else is shown. */
const mayBeUnknown: ReadonlySet<string> = new Set([
  'query_failed',
  'worker_not_available',
  'reply_unreadable',
] satisfies readonly ClientErrorCode[]);

export async function askPayee(
  client: PayoutClient,
  address: PayoutAddress,
  { reveal = false }: { readonly reveal?: boolean },
): Promise<AskedPayee> {
  try {
    return { ok: true, view: await client.payee(address, { reveal }) };
  } catch (error) {
    if (!(error instanceof PayoutClientError) || !mayBeUnknown.has(error.code)) throw error;
    return { ok: false, code: error.code, why: whyUnknown(error) };
  }
}

const whyUnknown = ({ code, message }: PayoutClientError): string =>
  code === 'query_failed'
    ? 'the worker that answered does not know this question: it may be of an older version'
    : message;

type Fact = readonly [string, string];

export function payeeFacts(asked: AskedPayee): readonly Fact[] {
  if (!asked.ok) return [['payee', `cannot be shown: ${asked.why}`]];
  const { payee, listed } = asked.view;
  return [
    ...(payee === undefined
      ? ([['payee', 'none: no request was taken on']] satisfies readonly Fact[])
      : factsOf(payee)),
    ...(listed === undefined ? [] : listedFacts(listed)),
  ];
}

function factsOf({ name, givenName, country, currency, method, details, purpose }: Payee): readonly Fact[] {
  return [
    ['payee', withGiven(name, givenName)],
    ['paid to', `${method} in ${country}, ${currency}`],
    ...details.map(({ label, value, given }: PayeeDetail): Fact => [label, withGiven(value, given)]),
    ...(purpose === undefined ? [] : ([['purpose', purpose]] satisfies readonly Fact[])),
  ];
}

const withGiven = (value: string, given: string | undefined): string =>
  given === undefined ? value : `${value} (given as ${given})`;

/** The entries of lists, below each other, to be compared with the lines above. */
function listedFacts({ entries, more }: ListedFinding): readonly Fact[] {
  return [
    ...entries.map(({ list, entry, score, reason, names = [] }): Fact =>
      isScriptDoubt({ reason })
        ? ['not compared', `no list was compared with a name in this script (${entry}): look it up by hand`]
        : [
            'listed',
            `${names.length === 0 ? '(its names stand in the list)' : names.join('; ')} – ${list} ${entry}, ${reason} ${score}`,
          ],
    ),
    ...(more === undefined ? [] : ([['listed', `${more} more entries`]] satisfies readonly Fact[])),
  ];
}
