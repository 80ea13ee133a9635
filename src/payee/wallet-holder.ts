import { sha256 } from '@noble/hashes/sha2.js';
import { base32nopad, base64url, bech32, bech32m, createBase58check, hex } from '@scure/base';
import {
  algorandAddress,
  bitcoinCashAddress,
  hederaAccount,
  stellarAddress,
  tonAddress,
  tronAddress,
  xrpAddress,
} from './address-forms';
import type { AddressForm } from './address-forms';

const base58check = createBase58check(sha256);

function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

/**
 * Who holds an address, whatever its writing: two texts with one answer are one account. Made of what the address holds (a
 * key's or a script's hash, a key), so it is also the same on every chain that takes it: whoever holds a key holds it
 * everywhere. What cannot be decoded is compared letter by letter.
 */
export function holderOf(text: string): string {
  const address = text.trim();
  for (const read of readers) {
    const holder = read(address);
    if (holder !== undefined) return holder;
  }
  return address;
}

/** Ethereum's and TRON's accounts are the same hash of the same key; TRON writes it in base58 or behind 41. */
function keccakAccount(address: string): string | undefined {
  const [, account] = /^0x([0-9a-f]{40})$/i.exec(address) ?? /^(?:0x)?41([0-9a-f]{40})$/i.exec(address) ?? [];
  if (account !== undefined) return `keccak ${account.toLowerCase()}`;
  return tronAddress.read(address).kind === 'address'
    ? `keccak ${hex.encode(base58check.decode(address).subarray(1))}`
    : undefined;
}

/** Longer hexadecimal addresses (Aptos, Sui) in one case. */
const hexAddress = (address: string): string | undefined =>
  /^0x[0-9a-f]{41,64}$/i.test(address) ? address.toLowerCase() : undefined;

/** Version bytes of base58check: Bitcoin and Bitcoin Cash, Litecoin (two for scripts), Dogecoin. */
const keyVersions: ReadonlySet<number> = new Set([0x00, 0x30, 0x1e]);
const scriptVersions: ReadonlySet<number> = new Set([0x05, 0x32, 0x16]);

const hashKey = (kind: 'key' | 'script', hash: Uint8Array): string => `hash160 ${kind} ${hex.encode(hash)}`;

function base58Hash(address: string): string | undefined {
  if (!/^[1-9A-HJ-NP-Za-km-z]{25,35}$/.test(address)) return undefined;
  const bytes = decoded(() => base58check.decode(address));
  const version = bytes?.[0];
  if (bytes?.length !== 21 || version === undefined) return undefined;
  if (keyVersions.has(version)) return hashKey('key', bytes.subarray(1));
  return scriptVersions.has(version) ? hashKey('script', bytes.subarray(1)) : undefined;
}

const cashLetters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** The byte in front says the kind; the bit above it that tokens are welcome. */
function cashHash(address: string): string | undefined {
  const read = bitcoinCashAddress.read(address);
  if (read.kind === 'wrong' || !read.address.includes(':')) return undefined;
  const payload = read.address.slice(read.address.indexOf(':') + 1, -8);
  const bytes = decoded(() => bech32.fromWords(Array.from(payload, (letter) => cashLetters.indexOf(letter))));
  const kind = ((bytes?.[0] ?? 0) >> 3) & 1;
  return bytes?.length === 21 ? hashKey(kind === 0 ? 'key' : 'script', bytes.subarray(1)) : read.address;
}

/** BIP-173 and BIP-350 in one case; the hash of a key is that of the older forms, on every chain with this form. */
function bech32Account(address: string): string | undefined {
  const lower = address.toLowerCase();
  if (!/^[a-z_]{1,20}1[02-9ac-hj-np-z]{20,}$/.test(lower)) return undefined;
  if (address !== lower && address !== address.toUpperCase()) return undefined;
  const text = lower as `${string}1${string}`;
  const read = decoded(() => bech32.decode(text, 200)) ?? decoded(() => bech32m.decode(text, 200));
  if (read === undefined) return lower;
  const isSegwit = read.prefix === 'bc' || read.prefix === 'ltc';
  const bytes = decoded(() => bech32.fromWords(isSegwit ? read.words.slice(1) : read.words));
  if (bytes === undefined) return lower;
  if (!isSegwit) return bytes.length === 20 ? `bech32 ${hex.encode(bytes)}` : lower;
  const version = read.words[0] ?? 0;
  return version === 0 && bytes.length === 20
    ? hashKey('key', bytes)
    : `witness ${version} ${hex.encode(bytes)}`;
}

/** A muxed account (M…) is an account (G…) and a number of its customer. */
function stellarKey(address: string): string | undefined {
  const read = stellarAddress.read(address);
  return read.kind === 'address'
    ? `stellar ${hex.encode(base32nopad.decode(read.address).subarray(1, 33))}`
    : undefined;
}

/** Bounceable, not bounceable, for tests, in either base64, or raw. */
function tonAccount(address: string): string | undefined {
  const raw = /^(-?\d{1,3}):([0-9a-f]{64})$/i.exec(address);
  if (raw) return `ton ${raw[1]}:${(raw[2] ?? '').toLowerCase()}`;
  const read = tonAddress.read(address);
  if (read.kind === 'wrong' && read.fault !== 'test-network') return undefined;
  const bytes = base64url.decode(address.replaceAll('+', '-').replaceAll('/', '_'));
  return `ton ${new DataView(bytes.buffer, bytes.byteOffset).getInt8(1)}:${hex.encode(bytes.subarray(2, 34))}`;
}

/** Forms whose reading has one writing for each account: an X-address of XRP comes back as r…, without its tag. */
const inNormalForm =
  ({ read }: AddressForm) =>
  (address: string): string | undefined => {
    const found = read(address);
    return found.kind === 'address' ? found.address : undefined;
  };

const readers: readonly ((address: string) => string | undefined)[] = [
  keccakAccount,
  hexAddress,
  base58Hash,
  cashHash,
  bech32Account,
  stellarKey,
  tonAccount,
  inNormalForm(xrpAddress),
  inNormalForm(algorandAddress),
  inNormalForm(hederaAccount),
];
