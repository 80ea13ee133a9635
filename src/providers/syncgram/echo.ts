import type { EchoCheck, EchoField } from '../../domain/idempotency-contract';
import { sameAmount } from '../../domain/money';
import type { FrozenBody, WirePayout } from './wire';

type Finding = keyof EchoCheck;

const fieldChecks = {
  key: checkKey,
  amount: checkAmount,
  currency: checkCurrency,
  beneficiary: checkBeneficiary,
} as const satisfies Partial<Record<EchoField, (body: FrozenBody, payout: WirePayout) => Finding>>;

/**
 * Compares what a reply shows with what was sent. Whatever is shown is compared, declared or not: a value that differs is
 * alarming in any reply. What is not shown is `unverified`.
 */
export function checkEcho(body: FrozenBody, payout: WirePayout): EchoCheck {
  const echo: Record<Finding, EchoField[]> = { matched: [], unverified: [], mismatched: [] };
  for (const field of ['key', 'amount', 'currency', 'beneficiary'] as const) {
    echo[fieldChecks[field](body, payout)].push(field);
  }
  return echo;
}

const finding = (same: boolean): Finding => (same ? 'matched' : 'mismatched');

function checkKey(body: FrozenBody, payout: WirePayout): Finding {
  const shown = [payout.reference, payout.idempotency_key].filter((key) => key !== undefined);
  return shown.length === 0 ? 'unverified' : finding(shown.every((key) => key === body.reference));
}

/** `from_amount` (successor), or `amount` unless its currency says that it is what arrives. */
function checkAmount(body: FrozenBody, payout: WirePayout): Finding {
  const ofSource = payout.currency === undefined || payout.currency === body.from_currency;
  const shown = payout.from_amount ?? (ofSource ? payout.amount : undefined);
  return shown === undefined ? 'unverified' : finding(sameAmount(shown, body.amount));
}

function checkCurrency(body: FrozenBody, payout: WirePayout): Finding {
  const checks = [
    payout.from_currency && payout.from_currency === body.from_currency,
    // `USDT` may stand for the `USDT_TRC20` that was asked for.
    payout.to_currency && isCurrencyOrAsset(payout.to_currency, body.to_currency),
    payout.currency &&
      (payout.currency === body.from_currency || isCurrencyOrAsset(payout.currency, body.to_currency)),
  ].filter((check) => typeof check === 'boolean');
  return checks.length === 0 ? 'unverified' : finding(checks.every(Boolean));
}

const isCurrencyOrAsset = (shown: string, sent: string): boolean =>
  shown === sent || shown === sent.split('_')[0];

/** What identifies the account, wherever the reply shows the same field that was sent. */
function checkBeneficiary(body: FrozenBody, payout: WirePayout): Finding {
  const places = [payout, payout.destination, payout.payout_destination, payout.recipient];
  const checks = (
    ['account_number', 'phone_number', 'wallet_address', 'payout_destination_id'] as const
  ).flatMap((name) => {
    const sent = body[name];
    if (sent === undefined) return [];
    return places
      .map((place) => place?.[name])
      .filter((shown) => shown !== undefined)
      .map((shown) => compareAccount(name, sent, shown));
  });
  if (checks.includes('mismatched')) return 'mismatched';
  return checks.includes('matched') ? 'matched' : 'unverified';
}

const maskCharacters = /[*•●·#…]+|X{3,}/i;

/** Whether a shown account is the one sent; a masked one by the characters that are left. */
function compareAccount(name: keyof FrozenBody, sent: string, shown: string): Finding {
  const [ours, theirs] = [canonicalAccount(sent), canonicalAccount(shown)];
  if (ours === theirs) return 'matched';
  if (name === 'phone_number' && sameNumber(ours, theirs)) return 'matched';
  if (!maskCharacters.test(theirs) || name === 'payout_destination_id') return 'mismatched';
  const parts = theirs.split(maskCharacters);
  const [head = '', tail = ''] = [parts[0], parts.at(-1)];
  if (head.length + tail.length < 2) return 'unverified';
  return finding(ours.startsWith(head) && ours.endsWith(tail));
}

/** Without spaces and hyphens; hexadecimal wallet addresses differ only by the case of their checksum. */
const canonicalAccount = (account: string): string => {
  const plain = account.replaceAll(/[\s-]/g, '');
  return /^0x[0-9a-f]{40}$/i.test(plain) ? plain.toLowerCase() : plain;
};

/** `+2348012345678`, `2348012345678` and `08012345678` are one number. */
function sameNumber(left: string, right: string): boolean {
  const [one, other] = [left, right].map((number) => number.replace(/^\+|^0+/, ''));
  if (one === undefined || other === undefined) return false;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return /^\d{7,15}$/.test(short) && long.endsWith(short);
}
