import { impliedNetwork } from '../../domain/currency';
import { amountProblem } from '../../domain/money';
import type { CryptoWallet, MobileWallet, PayoutRequest } from '../../domain/payout-request';
import { payeeProblems } from '../../payee/normal-payee';
import type { RequestProblem } from '../provider';
import type { SyncgramSettings } from './config';
import { isCrossCurrency, paymentMethodOf, sourceCurrencyOf } from './mapping';

/**
 * Everything that "Create withdrawal" would refuse for its shape, or that it cannot express. Which currency pairs are
 * offered is not documented, so the provider alone decides on them.
 */
export function requestProblems(
  request: PayoutRequest,
  settings: SyncgramSettings,
): readonly RequestProblem[] {
  return [
    ...amountProblems(request, settings),
    ...currencyProblems(request),
    ...beneficiaryProblems(request, settings),
    ...payerProblems(request, settings),
    ...limitProblems(request, settings),
  ];
}

function amountProblems(request: PayoutRequest, settings: SyncgramSettings): readonly RequestProblem[] {
  const currency = sourceCurrencyOf(request, settings);
  if (request.amount.side !== 'source') {
    return [{ path: 'amount.side', message: 'must be "source": Syncgram takes what is debited' }];
  }
  if (currency === undefined) {
    return [
      { path: 'source.currency', message: 'is required: the account has no sourceCurrency of its own' },
    ];
  }
  const problem = amountProblem(request.amount.value, currency);
  return problem === undefined ? [] : [{ path: 'amount.value', message: problem }];
}

function currencyProblems({ beneficiary, destination }: PayoutRequest): readonly RequestProblem[] {
  const onChain = paymentMethodOf(beneficiary) === 'CRYPTO';
  if (impliedNetwork(destination.currency) === undefined || onChain) return [];
  return [{ path: 'destination.currency', message: 'is on a chain: only a crypto wallet can receive it' }];
}

/** What the fields are for, then what can exist: one problem for each field. */
function beneficiaryProblems(request: PayoutRequest, settings: SyncgramSettings): readonly RequestProblem[] {
  const own = fieldsOfMethod(request, settings);
  const named = new Set(own.map(({ path }) => path));
  return [...own, ...payeeProblems(request).filter(({ path }) => !named.has(path))];
}

function fieldsOfMethod(
  { beneficiary, destination }: PayoutRequest,
  settings: SyncgramSettings,
): readonly RequestProblem[] {
  switch (beneficiary.method) {
    case 'bank-account':
      return [
        ...fieldProblems('beneficiary.account.accountNumber', beneficiary.account.accountNumber),
        ...fieldProblems('beneficiary.account.bankCode', beneficiary.account.bankCode),
        ...optionalFieldProblems('beneficiary.account.rail', beneficiary.account.rail),
      ];
    case 'mobile-wallet':
      return walletProblems(beneficiary.account, settings);
    case 'crypto-wallet':
      return cryptoProblems(beneficiary.account, destination.currency);
    case 'saved-destination':
      return fieldProblems('beneficiary.account.destinationId', beneficiary.account.destinationId);
    case 'card':
      return [{ path: 'beneficiary.method', message: 'Syncgram does not pay to cards' }];
    default:
      // Not `assertNever`: it would print the beneficiary.
      throw new Error('unhandled payout method');
  }
}

function walletProblems({ operator }: MobileWallet, settings: SyncgramSettings): readonly RequestProblem[] {
  return operator === undefined || settings.walletOperators.includes(operator.toLowerCase())
    ? []
    : [
        {
          path: 'beneficiary.account.operator',
          message:
            'cannot be told to Syncgram: leave it out, list it in walletOperators, or save a destination',
        },
      ];
}

function cryptoProblems(account: CryptoWallet, currency: string): readonly RequestProblem[] {
  const implied = impliedNetwork(currency);
  const network = account.network;
  return [
    ...fieldProblems('beneficiary.account.address', account.address),
    ...(implied === undefined ? fieldProblems('beneficiary.account.network', network) : []),
    ...(implied !== undefined && network !== undefined && network.toUpperCase() !== implied
      ? [{ path: 'beneficiary.account.network', message: `contradicts ${currency}` }]
      : []),
    ...optionalFieldProblems('beneficiary.account.memo', account.memo),
  ];
}

function payerProblems(request: PayoutRequest, settings: SyncgramSettings): readonly RequestProblem[] {
  const email = request.payer?.email ?? settings.defaultEmail;
  const { purpose } = request;
  return [
    ...(email === undefined
      ? [{ path: 'payer.email', message: 'is required: the account has no defaultEmail' }]
      : /^[^\s@]{1,64}@[^\s@.][^\s@]*\.[^\s@.]+$/.test(email) && email.length <= 254
        ? []
        : [{ path: 'payer.email', message: 'must be an e-mail address' }]),
    ...(purpose !== undefined && purpose.length > settings.descriptionLength
      ? [{ path: 'purpose', message: `has at most ${settings.descriptionLength} characters here` }]
      : []),
  ];
}

/** Limits bind through a quote; where none is asked for, nothing could keep them. */
function limitProblems(request: PayoutRequest, settings: SyncgramSettings): readonly RequestProblem[] {
  const unpriced =
    settings.quotes === 'never' &&
    isCrossCurrency(sourceCurrencyOf(request, settings), request.destination.currency);
  return request.limits !== undefined && unpriced
    ? [{ path: 'limits', message: 'cannot be kept: the account asks for no quotes' }]
    : [];
}

/** Required and fit for a field of the provider's: visible ASCII without spaces at the ends, at most 128 characters. */
const fieldProblems = (path: string, text: string | undefined): readonly RequestProblem[] =>
  text === undefined || text === '' ? [{ path, message: 'is required' }] : optionalFieldProblems(path, text);

const optionalFieldProblems = (path: string, text: string | undefined): readonly RequestProblem[] =>
  text === undefined || /^[\x21-\x7e]([\x20-\x7e]{0,126}[\x21-\x7e])?$/.test(text)
    ? []
    : [{ path, message: 'must be 1 to 128 printable ASCII characters' }];
