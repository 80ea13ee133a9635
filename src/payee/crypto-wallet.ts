import type { CryptoWallet } from '../domain/payout-request';
import { impliedNetwork } from '../domain/currency';
import { asciiUpperCase } from './ascii-case';
import type { AddressFault, AddressReading } from './address-forms';
import { chainOfAsset, chainOfNetwork, chainsThatRead, isAssetContract } from './crypto-networks';
import type { Chain } from './crypto-networks';
import type { FieldFinding } from './payee-finding';
import { looksLikeSpreadsheetDamage, spreadsheetHint } from './spreadsheet-damage';

/** What a payout says instead of a memo where there is none: it is never sent to a provider. */
export const noMemo = 'none';

/** The memo that is sent, if any. */
export const memoToSend = ({ memo }: CryptoWallet): string | undefined =>
  memo === noMemo ? undefined : memo;

type Finding = FieldFinding<keyof CryptoWallet>;
const refused = (field: Finding['field'], message: string): Finding => ({
  field,
  severity: 'refused',
  message,
});
const doubtful = (field: Finding['field'], message: string): Finding => ({
  field,
  severity: 'doubtful',
  message,
});

/** A wallet in its normal form, and what is wrong or doubtful about it. */
export type WalletReading = { readonly account: CryptoWallet; readonly findings: readonly Finding[] };

/** Reads a wallet's address and memo by the network it is on: the one named, or that of the currency. */
export function readCryptoWallet(given: CryptoWallet, currency: string): WalletReading {
  const network =
    given.network === undefined
      ? undefined
      : asciiUpperCase(given.network.replaceAll(/[\p{Zs}\p{Pd}]/gu, ''));
  const asset = currency.split('_')[0] ?? currency;
  const named = network ?? impliedNetwork(currency);
  const chain = named === undefined ? chainOfAsset(asset) : chainOfNetwork(named);
  const trimmed = given.address.trim();
  const withNetwork = { ...given, address: trimmed, ...(network === undefined ? {} : { network }) };
  const implied = impliedNetwork(currency);
  if (network !== undefined && !/^[A-Z0-9]{2,10}$/.test(network)) {
    const message = 'must be a network such as TRC20: 2 to 10 letters and digits';
    return { account: withNetwork, findings: [refused('network', message)] };
  }
  // Coins sent over the wrong network are gone.
  if (implied !== undefined && network !== undefined && implied !== network) {
    const message = 'is not the network that destination.currency implies';
    return { account: withNetwork, findings: [refused('network', message)] };
  }
  if (looksLikeSpreadsheetDamage(trimmed)) {
    return {
      account: withNetwork,
      findings: [refused('address', `must be a wallet address: it ${spreadsheetHint}`)],
    };
  }
  if (!/^[\x21-\x7e]{3,128}$/.test(trimmed)) {
    const message = 'must be a wallet address: 3 to 128 printable ASCII characters, no spaces';
    return { account: withNetwork, findings: [refused('address', message)] };
  }
  if (chain === undefined) {
    const why =
      named === undefined
        ? 'was not checked: no network says what addresses look like there'
        : 'was not checked: nothing is known about addresses of that network';
    const account = normalMemo(withNetwork);
    return { account, findings: [doubtful('address', why), ...memoDoubts(account.memo)] };
  }
  const read = chain.address.read(trimmed);
  const strange = assetFindings(asset, chain);
  if (read.kind === 'wrong') {
    return {
      account: withNetwork,
      findings: [...strange, refused('address', addressProblem(chain, read.fault, trimmed))],
    };
  }
  const { account, findings } = readMemo({ ...withNetwork, address: read.address }, read, chain);
  return { account, findings: [...strange, ...doubtsAbout(read), ...findings] };
}

/** An own coin on another chain is a token that somebody else stands for. */
function assetFindings(asset: string, chain: Chain): readonly Finding[] {
  const own = chainOfAsset(asset);
  return own === undefined || own === chain
    ? []
    : [doubtful('network', 'is not the network that destination.currency is the own coin of')];
}

function addressProblem(chain: Chain, fault: AddressFault, text: string): string {
  const expected = `must be ${chain.address.expected}`;
  if (fault === 'checksum') return `${expected}: the checksum does not fit`;
  if (fault === 'test-network') return `${expected}: it is of a test network`;
  if (fault === 'unowned') return `${expected}: nobody holds the key of it`;
  const [other] = chainsThatRead(text);
  return other === undefined ? expected : `${expected}: it looks like ${other.address.expected}`;
}

const doubtsAbout = (read: Extract<AddressReading, { kind: 'address' }>): readonly Finding[] => [
  ...(read.doubt === undefined ? [] : [doubtful('address', read.doubt)]),
  ...(isAssetContract(read.address)
    ? [doubtful('address', "is the asset's own contract, not a wallet")]
    : []),
];

/** `None` and `NONE` say the same. */
const normalMemo = (account: CryptoWallet): CryptoWallet => {
  const memo = account.memo?.trim();
  if (memo === undefined) return account;
  return { ...account, memo: memo.toLowerCase() === noMemo ? noMemo : memo };
};

function readMemo(
  given: CryptoWallet,
  read: Extract<AddressReading, { kind: 'address' }>,
  { memo: rule }: Chain,
): WalletReading {
  const account = normalMemo(given);
  const { memo } = account;
  if (read.memo !== undefined) {
    if (memo !== undefined && memo !== read.memo) {
      return { account, findings: [refused('memo', 'contradicts the tag inside the address')] };
    }
    return { account: { ...account, memo: read.memo }, findings: [] };
  }
  if (memo === noMemo) return { account, findings: [] };
  if (memo === undefined) {
    if (rule?.use === 'needed') {
      return {
        account,
        findings: [refused('memo', `is needed on this network: a memo or tag, or "${noMemo}"`)],
      };
    }
    return rule === undefined
      ? { account, findings: [] }
      : {
          account,
          findings: [
            doubtful(
              'memo',
              `is missing: exchanges ask for one on this network ("${noMemo}" says there is none)`,
            ),
          ],
        };
  }
  if (rule === undefined) return { account, findings: [doubtful('memo', 'has no meaning on this network')] };
  if (rule.form === undefined || rule.form.fits(memo)) return { account, findings: memoDoubts(memo) };
  const expected = `must be ${rule.form.expected}, or "${noMemo}"`;
  const isDamaged = looksLikeSpreadsheetDamage(memo);
  return {
    account,
    findings: [refused('memo', isDamaged ? `${expected}; it ${spreadsheetHint}` : expected)],
  };
}

/** Where any text is a memo, one that looks damaged may still be what the exchange gave out. */
const memoDoubts = (memo: string | undefined): readonly Finding[] =>
  memo !== undefined && looksLikeSpreadsheetDamage(memo) ? [doubtful('memo', spreadsheetHint)] : [];
