import type { PayoutAmounts } from './payout-snapshot';
import type { PayoutMethod, PayoutRequest } from './payout-request';

/**
 * Whom a payout pays, for the people who decide about it: the answer to a query of its own. It stands in no snapshot,
 * search attribute, memo, summary, timeline or log.
 */
export type PayeeView = {
  readonly schema: 1;
  /** Identifiers are whole, and the request's own text stands beside what was made of it. */
  readonly revealed: boolean;
  /** Absent until a request was taken on, and where what the run was started with was none. */
  readonly payee?: Payee;
  readonly amounts: PayoutAmounts;
  /** What screening found last that was similar or the same, if it ever did. */
  readonly listed?: ListedFinding;
};

export type Payee = {
  readonly name: string;
  /** The request's own text, where it is written otherwise. Only when revealed. */
  readonly givenName?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly currency: string;
  readonly method: PayoutMethod;
  /** Bank, account, network and the like, as far as the request names them, in the order in which people compare. */
  readonly details: readonly PayeeDetail[];
  readonly purpose?: string;
};

export type PayeeDetail = {
  /** Where it stands in the request: `beneficiary.account.accountNumber`. */
  readonly field: string;
  /** What people call it: `account number`. */
  readonly label: string;
  /** Whole, or masked (`••••5678`). */
  readonly value: string;
  readonly masked: boolean;
  /** The request's own text, where the value is its normal form and differs. Only when revealed. */
  readonly given?: string;
};

/** Entries of lists, with the names they have there. */
export type ListedFinding = {
  /** possible: people compare. match: it was refused. */
  readonly found: 'possible' | 'match';
  readonly entries: readonly ListedEntry[];
  /** How many more were found than are kept. */
  readonly more?: number;
};

export type ListedEntry = {
  readonly list: string;
  readonly entry: string;
  readonly score: string;
  readonly reason: string;
  /** As the list spells them; workers before there was this view kept none. */
  readonly names?: readonly string[];
};

/** What people are to look at is no entry: the name is in a script that no list was compared in. */
export const isScriptDoubt = ({ reason }: { readonly reason: string }): boolean =>
  reason === 'script-not-comparable';

/** How much of a value people see who have not asked for the whole. */
type Shown = 'whole' | 'tail' | 'nothing';

/** What identifies an account is masked, what says where it is kept is not. */
const detailsOf: readonly (readonly [field: string, label: string, shown: Shown])[] = [
  ['beneficiary.account.bankName', 'bank', 'whole'],
  ['beneficiary.account.bankCode', 'bank code', 'whole'],
  ['beneficiary.account.bic', 'BIC', 'whole'],
  ['beneficiary.account.ifsc', 'IFSC', 'whole'],
  ['beneficiary.account.branchCode', 'branch', 'whole'],
  ['beneficiary.account.rail', 'rail', 'whole'],
  ['beneficiary.account.accountNumber', 'account number', 'tail'],
  ['beneficiary.account.operator', 'operator', 'whole'],
  ['beneficiary.account.phoneNumber', 'phone number', 'tail'],
  ['beneficiary.account.cardNumber', 'card number', 'tail'],
  ['beneficiary.account.network', 'network', 'whole'],
  ['beneficiary.account.address', 'address', 'tail'],
  ['beneficiary.account.memo', 'memo', 'nothing'],
  ['beneficiary.account.kind', 'saved as', 'whole'],
  ['beneficiary.account.destinationId', 'saved destination', 'tail'],
  ['payer.userId', 'paying user', 'nothing'],
  ['payer.email', 'payer’s e-mail', 'nothing'],
  ['payer.ipAddress', 'payer’s IP address', 'nothing'],
];

/**
 * What a run knows of the payee. `given` is what the run was started with: nobody has validated it, and it is shown only
 * beside the request that was made of it.
 */
export function payeeView(
  run: {
    readonly request: PayoutRequest | undefined;
    readonly given: unknown;
    readonly amounts: PayoutAmounts;
    readonly listed: ListedFinding | undefined;
  },
  reveal: boolean,
): PayeeView {
  const { request, given, amounts, listed } = run;
  return {
    schema: 1,
    revealed: reveal,
    ...(request === undefined ? {} : { payee: payeeOf(request, given, reveal) }),
    amounts,
    ...(listed === undefined ? {} : { listed }),
  };
}

function payeeOf(request: PayoutRequest, given: unknown, reveal: boolean): Payee {
  const { beneficiary, destination, purpose } = request;
  const ownText = (field: string, value: string): string | undefined => {
    const text = reveal ? textAt(given, field) : undefined;
    return text === value ? undefined : text;
  };
  const givenName = ownText('beneficiary.name', beneficiary.name);
  return {
    name: beneficiary.name,
    ...(givenName === undefined ? {} : { givenName }),
    country: destination.country,
    currency: destination.currency,
    method: beneficiary.method,
    details: detailsOf.flatMap(([field, label, shown]): readonly PayeeDetail[] => {
      const value = textAt(request, field);
      if (value === undefined) return [];
      const masked = !reveal && !isPublic(value, field, shown);
      const own = ownText(field, value);
      return [
        {
          field,
          label,
          value: masked ? maskedText(value, shown) : value,
          masked,
          ...(own === undefined ? {} : { given: own }),
        },
      ];
    }),
    ...(purpose === undefined ? {} : { purpose }),
  };
}

/** `none` in place of a memo says that there is none. */
const isPublic = (value: string, field: string, shown: Shown): boolean =>
  shown === 'whole' || (field === 'beneficiary.account.memo' && value === 'none');

const mask = '••••';
const longestTail = 4;

function maskedText(value: string, shown: Shown): string {
  return shown === 'tail' ? masked(value) : mask;
}

/**
 * The last four characters, fewer where four would be half of it or more, and none of what is very short. The length of
 * the whole does not show.
 */
export function masked(value: string): string {
  const characters = Array.from(value);
  const half = Math.floor((characters.length - 1) / 2);
  const shown = characters.length < 6 ? 0 : Math.min(longestTail, half);
  return `${mask}${characters.slice(characters.length - shown).join('')}`;
}

/** The text at a path of plain JSON, if there is one. */
function textAt(json: unknown, path: string): string | undefined {
  let at = json;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return typeof at === 'string' ? at : undefined;
}
