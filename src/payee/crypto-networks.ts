import {
  algorandAddress,
  bech32Account,
  bitcoinAddress,
  bitcoinCashAddress,
  cardanoAddress,
  dogecoinAddress,
  eosAccount,
  evmAddress,
  hederaAccount,
  litecoinAddress,
  moveAddress,
  nearAccount,
  polkadotAddress,
  solanaAddress,
  stellarAddress,
  tonAddress,
  tronAddress,
  xrpAddress,
} from './address-forms';
import type { AddressForm } from './address-forms';

/** What a memo is on a chain. */
export type MemoRule = {
  /**
   * `needed`: many accounts are shared by the customers of an exchange, and without it the money is nobody's, so a payout
   * says one or says `none`. `customary`: exchanges ask for one there too, other accounts do not.
   */
  readonly use: 'needed' | 'customary';
  /** What it must look like where the chain says so. */
  readonly form?: { readonly fits: (memo: string) => boolean; readonly expected: string };
};

/** A chain, by every word that providers use for it as a network. */
export type Chain = {
  readonly networks: readonly string[];
  readonly address: AddressForm;
  /** Without one, a memo has no meaning on the chain. */
  readonly memo?: MemoRule;
  /** The chain's own assets: they live nowhere else. */
  readonly assets?: readonly string[];
};

/** xrpl.org, "Source and Destination Tags": an unsigned number of 32 bits. */
const destinationTag = {
  fits: (memo: string): boolean => /^(0|[1-9]\d{0,9})$/.test(memo) && Number(memo) <= 0xffff_ffff,
  expected: 'a destination tag: a whole number of at most 4294967295',
};

/** developers.stellar.org, "Memos": a text of 28 bytes, a number of 64 bits, or a hash of 64 hexadecimal digits. */
const stellarMemo = {
  fits: (memo: string): boolean => memo.length <= 28 || /^[0-9a-f]{64}$/i.test(memo),
  expected: 'a Stellar memo: at most 28 characters, or a hash of 64 hexadecimal digits',
};

/** Chains whose addresses are Ethereum's. */
const evmNetworks =
  'ERC20 ETH ETHEREUM BEP20 BSC BNBCHAIN POLYGON MATIC POL ARBITRUM ARB ARBONE OPTIMISM OP BASE AVAXC AVAX AVALANCHE CELO ' +
  'LINEA ZKSYNC SCROLL MANTLE GNOSIS FANTOM SONIC KAVAEVM UNICHAIN WORLDCHAIN INK PLASMA MOONBEAM CRONOS KAIA';

/**
 * Whose memos are needed: Syncgram's "Create withdrawal" names XRP and EOS as assets that require one; SEP-29 has accounts of
 * Stellar that do. On the other chains it depends on the receiver.
 */
const chains: readonly Chain[] = [
  { networks: ['TRC20', 'TRON', 'TRX', 'TRC10'], address: tronAddress, assets: ['TRX'] },
  {
    networks: evmNetworks.split(' '),
    address: evmAddress,
    assets: ['ETH'],
  },
  { networks: ['BTC', 'BITCOIN'], address: bitcoinAddress, assets: ['BTC'] },
  { networks: ['LTC', 'LITECOIN'], address: litecoinAddress, assets: ['LTC'] },
  { networks: ['DOGE', 'DOGECOIN'], address: dogecoinAddress },
  { networks: ['BCH', 'BITCOINCASH'], address: bitcoinCashAddress },
  {
    networks: ['XRP', 'XRPL', 'RIPPLE'],
    address: xrpAddress,
    memo: { use: 'needed', form: destinationTag },
    assets: ['XRP'],
  },
  {
    networks: ['XLM', 'STELLAR'],
    address: stellarAddress,
    memo: { use: 'needed', form: stellarMemo },
    assets: ['XLM'],
  },
  { networks: ['EOS', 'VAULTA'], address: eosAccount, memo: { use: 'needed' }, assets: ['EOS'] },
  { networks: ['BEP2'], address: bech32Account('bnb', 'BNB Beacon Chain'), memo: { use: 'needed' } },
  { networks: ['SOL', 'SOLANA', 'SPL'], address: solanaAddress, assets: ['SOL'] },
  { networks: ['TON'], address: tonAddress, memo: { use: 'customary' }, assets: ['TON'] },
  {
    networks: ['ATOM', 'COSMOS'],
    address: bech32Account('cosmos', 'Cosmos Hub'),
    memo: { use: 'customary' },
  },
  { networks: ['NOBLE'], address: bech32Account('noble', 'Noble'), memo: { use: 'customary' } },
  { networks: ['OSMO', 'OSMOSIS'], address: bech32Account('osmo', 'Osmosis'), memo: { use: 'customary' } },
  { networks: ['KAVA'], address: bech32Account('kava', 'Kava'), memo: { use: 'customary' } },
  { networks: ['ALGO', 'ALGORAND'], address: algorandAddress, memo: { use: 'customary' } },
  { networks: ['HBAR', 'HEDERA'], address: hederaAccount, memo: { use: 'customary' } },
  { networks: ['APT', 'APTOS'], address: moveAddress('Aptos') },
  { networks: ['SUI'], address: moveAddress('Sui') },
  { networks: ['NEAR'], address: nearAccount },
  { networks: ['ADA', 'CARDANO'], address: cardanoAddress },
  { networks: ['DOT', 'POLKADOT'], address: polkadotAddress },
];

const byNetwork: ReadonlyMap<string, Chain> = new Map(
  chains.flatMap((chain) => chain.networks.map((network) => [network, chain] as const)),
);
const byAsset: ReadonlyMap<string, Chain> = new Map(
  chains.flatMap((chain) => (chain.assets ?? []).map((asset) => [asset, chain] as const)),
);

/** The chain that a provider's word for a network means, or undefined where nobody here knows it. */
export const chainOfNetwork = (network: string): Chain | undefined => byNetwork.get(network);

/** The chain that an asset is the own coin of. */
export const chainOfAsset = (asset: string): Chain | undefined => byAsset.get(asset);

/** What else an address could be: for the message to somebody who took the wrong line of a list. */
export const chainsThatRead = (address: string): readonly Chain[] =>
  chains.filter((chain) => chain.address.read(address).kind === 'address');

/**
 * The contracts of the assets themselves, which people copy instead of their own address. Source: tether.to and
 * circle.com, supported chains.
 */
const assetContracts: ReadonlySet<string> = new Set([
  'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
  '0xdAC17F958D2ee523a2206206994597C13D831ec7',
  '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
]);

export const isAssetContract = (address: string): boolean => assetContracts.has(address);
