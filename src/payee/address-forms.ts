import { blake2b } from '@noble/hashes/blake2.js';
import { sha256, sha512_256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import {
  base32nopad,
  base58,
  base58xrp,
  base64url,
  bech32,
  bech32m,
  createBase58check,
  hex,
} from '@scure/base';

/** What a text is on a chain. The address comes back in the chain's normal form. */
export type AddressReading =
  | {
      readonly kind: 'address';
      readonly address: string;
      /** The memo that stands inside the address: a tag, or `none` where it says that there is none. */
      readonly memo?: string;
      /** Why somebody should look again, although the form is right. */
      readonly doubt?: string;
    }
  | { readonly kind: 'wrong'; readonly fault: AddressFault };

/** `checksum`: the form is right and a character is not. `unowned`: nobody can have its key. */
export type AddressFault = 'form' | 'checksum' | 'test-network' | 'unowned';

/** How addresses look on a kind of chain, and who says so. */
export type AddressForm = {
  /** "a TRON address (…)", for the message. */
  readonly expected: string;
  readonly read: (text: string) => AddressReading;
};

const wrong = (fault: AddressFault): AddressReading => ({ kind: 'wrong', fault });
const right = (address: string, doubt?: string): AddressReading => ({
  kind: 'address',
  address,
  ...(doubt === undefined ? {} : { doubt }),
});

const base58check = createBase58check(sha256);
const utf8 = new TextEncoder();

/** What a decoder of a library answers; it throws at what is none of its texts. */
function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
const sameBytes = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);
const bytesOf = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** Ethereum, and every chain with its addresses. Source: EIP-55 (upper and lower case as a checksum). */
export const evmAddress: AddressForm = {
  expected: 'an address of an EVM chain (0x and 40 hexadecimal digits; mixed case is a checksum)',
  read: (text) => {
    if (!/^0x[0-9a-f]{40}$/i.test(text)) return wrong('form');
    const digits = text.slice(2);
    const lower = digits.toLowerCase();
    if (/^0+$/.test(lower)) return wrong('unowned');
    const hash = hex.encode(keccak_256(utf8.encode(lower)));
    const checked = Array.from(lower)
      .map((digit, index) => (parseInt(hash[index] ?? '0', 16) >= 8 ? digit.toUpperCase() : digit))
      .join('');
    const oneCase = digits === lower || digits === digits.toUpperCase();
    return oneCase || digits === checked ? right(`0x${checked}`) : wrong('checksum');
  },
};

/** TRON. Source: developers.tron.network, Account: base58check over 0x41 and 20 bytes. */
export const tronAddress: AddressForm = {
  expected: 'a TRON address (34 characters, T…, with a checksum)',
  read: (text) => {
    if (!/^T[1-9A-HJ-NP-Za-km-z]{33}$/.test(text)) return wrong('form');
    const bytes = decoded(() => base58check.decode(text));
    if (bytes === undefined) return wrong('checksum');
    if (bytes.length !== 21 || bytes[0] !== 0x41) return wrong('form');
    return isZero(bytes.subarray(1)) ? wrong('unowned') : right(text);
  },
};

/** The chains that took Bitcoin's addresses over: version bytes of base58check, and the prefix of BIP-173 and BIP-350. */
type BitcoinLike = {
  readonly expected: string;
  readonly versions: readonly number[];
  readonly testVersions: readonly number[];
  readonly prefix?: string;
  readonly testPrefixes?: readonly string[];
  /** A version that another chain has too. */
  readonly sharedVersion?: number;
};

const bitcoinLike = (chain: BitcoinLike): AddressForm => ({
  expected: chain.expected,
  read: (text) => readSegwit(text, chain) ?? readBase58(text, chain),
});

function readBase58(text: string, { versions, testVersions, sharedVersion }: BitcoinLike): AddressReading {
  if (!/^[1-9A-HJ-NP-Za-km-z]{25,35}$/.test(text)) return wrong('form');
  const bytes = decoded(() => base58check.decode(text));
  if (bytes === undefined) return wrong('checksum');
  const version = bytes[0] ?? -1;
  if (bytes.length !== 21) return wrong('form');
  if (isZero(bytes.subarray(1))) return wrong('unowned');
  if (version === sharedVersion) return right(text, 'has a form that Bitcoin shares');
  if (versions.includes(version)) return right(text);
  return wrong(testVersions.includes(version) ? 'test-network' : 'form');
}

/** Undefined where the text has none of the chain's prefixes. */
function readSegwit(text: string, { prefix, testPrefixes = [] }: BitcoinLike): AddressReading | undefined {
  const lower = text.toLowerCase();
  const own = [prefix, ...testPrefixes].find((one) => one !== undefined && lower.startsWith(`${one}1`));
  if (own === undefined || prefix === undefined) return undefined;
  // One case or the other: mixed is what the standard forbids.
  if (text !== lower && text !== text.toUpperCase()) return wrong('form');
  const readings = [
    { read: decoded(() => bech32.decode(lower as `${string}1${string}`)), ofVersion: (v: number) => v === 0 },
    {
      read: decoded(() => bech32m.decode(lower as `${string}1${string}`)),
      ofVersion: (v: number) => v === 1,
    },
  ];
  const found = readings.find(({ read }) => read !== undefined);
  const [version = -1, ...words] = found?.read?.words ?? [];
  if (found === undefined) return wrong('checksum');
  const program = decoded(() => bech32.fromWords(words));
  // Later versions have no meaning yet: anybody could spend what they hold.
  if (program === undefined || !found.ofVersion(version)) return wrong('form');
  if (program.length !== 32 && !(version === 0 && program.length === 20)) return wrong('form');
  if (own !== prefix) return wrong('test-network');
  return isZero(program) ? wrong('unowned') : right(lower);
}

/** Source: Bitcoin Core (chainparams), BIP-173, BIP-350. */
export const bitcoinAddress = bitcoinLike({
  expected: 'a Bitcoin address (1…, 3… or bc1…, with a checksum)',
  versions: [0x00, 0x05],
  testVersions: [0x6f, 0xc4],
  prefix: 'bc',
  testPrefixes: ['tb', 'bcrt'],
});

/** Source: Litecoin Core (chainparams). The old form of script addresses (3…) is Bitcoin's too. */
export const litecoinAddress = bitcoinLike({
  expected: 'a Litecoin address (L…, M… or ltc1…, with a checksum)',
  versions: [0x30, 0x32],
  testVersions: [0x6f, 0x3a, 0xc4],
  prefix: 'ltc',
  testPrefixes: ['tltc', 'rltc'],
  sharedVersion: 0x05,
});

/** Source: Dogecoin Core (chainparams). */
export const dogecoinAddress = bitcoinLike({
  expected: 'a Dogecoin address (D…, A… or 9…, with a checksum)',
  versions: [0x1e, 0x16],
  testVersions: [0x71, 0xc4],
});

const cashPrefix = 'bitcoincash';
const cashLetters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Bitcoin Cash. Source: bitcoincash.org, "cashaddr"; addresses of the old form are Bitcoin's too. */
export const bitcoinCashAddress: AddressForm = {
  expected: 'a Bitcoin Cash address (bitcoincash:q… or p…, with a checksum)',
  read: (text) => {
    const lower = text.toLowerCase();
    const [prefix, payload] = lower.includes(':') ? lower.split(':') : [cashPrefix, lower];
    if (payload === undefined || !/^[qpzrx][a-z0-9]{41,110}$/.test(payload)) {
      const old = readBase58(text, { expected: '', versions: [0, 5], testVersions: [0x6f, 0xc4] });
      return old.kind === 'address' ? right(text, 'has a form that Bitcoin shares') : old;
    }
    if (text !== lower && text !== text.toUpperCase()) return wrong('form');
    if (prefix === 'bchtest' || prefix === 'bchreg') return wrong('test-network');
    const words = Array.from(payload).map((letter) => cashLetters.indexOf(letter));
    if (prefix !== cashPrefix || words.includes(-1)) return wrong('form');
    const prefixWords = Array.from(utf8.encode(cashPrefix)).map((byte) => byte & 31);
    if (cashChecksum([...prefixWords, 0, ...words]) !== 0n) return wrong('checksum');
    const bytes = decoded(() => bech32.fromWords(words.slice(0, -8)));
    if (bytes === undefined || (bytes.length !== 21 && bytes.length !== 33)) return wrong('form');
    return isZero(bytes.subarray(1)) ? wrong('unowned') : right(`${cashPrefix}:${payload}`);
  },
};

/** The polynomial of "cashaddr", zero for a right address. */
function cashChecksum(words: readonly number[]): bigint {
  const generators = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n];
  let checksum = 1n;
  for (const word of words) {
    const top = checksum >> 35n;
    checksum = ((checksum & 0x07ffffffffn) << 5n) ^ BigInt(word);
    for (const [bit, generator] of generators.entries()) {
      if ((top >> BigInt(bit)) & 1n) checksum ^= generator;
    }
  }
  return checksum ^ 1n;
}

/** Source: xrpl.org, "Addresses" (base58check with an alphabet of its own), XLS-5 (X-addresses, which hold the tag). */
export const xrpAddress: AddressForm = {
  expected: 'an XRP Ledger address (r… or X…, with a checksum)',
  read: (text) => {
    if (!/^[rXT][1-9A-HJ-NP-Za-km-z]{24,50}$/.test(text)) return wrong('form');
    const bytes = decoded(() => xrpPayload(text));
    if (bytes === undefined) return wrong('checksum');
    if (bytes.length === 21 && bytes[0] === 0) return xrpAccount(bytes.subarray(1));
    if (bytes.length !== 31) return wrong('form');
    if (sameBytes(bytes.subarray(0, 2), bytesOf(0x04, 0x93))) return wrong('test-network');
    if (!sameBytes(bytes.subarray(0, 2), bytesOf(0x05, 0x44))) return wrong('form');
    const account = xrpAccount(bytes.subarray(2, 22));
    if (account.kind === 'wrong') return account;
    const [flag, tag] = [bytes[22], bytes.subarray(23)];
    // The upper half of the tag is reserved, and a tag without its flag is none.
    if (flag === 0) return isZero(tag) ? { ...account, memo: 'none' } : wrong('form');
    if (flag !== 1 || !isZero(tag.subarray(4))) return wrong('form');
    return { ...account, memo: String(new DataView(Uint8Array.from(tag).buffer).getUint32(0, true)) };
  },
};

const xrpCheck = (payload: Uint8Array): Uint8Array => sha256(sha256(payload)).subarray(0, 4);

function xrpPayload(text: string): Uint8Array {
  const bytes = base58xrp.decode(text);
  const payload = bytes.subarray(0, -4);
  if (!sameBytes(xrpCheck(payload), bytes.subarray(-4))) throw new Error('checksum');
  return payload;
}

function xrpAccount(account: Uint8Array): AddressReading {
  // ACCOUNT_ZERO and ACCOUNT_ONE: nobody has their keys.
  if (isZero(account.subarray(0, 19)) && (account[19] ?? 0) <= 1) return wrong('unowned');
  const payload = Uint8Array.from([0, ...account]);
  return right(base58xrp.encode(Uint8Array.from([...payload, ...xrpCheck(payload)])));
}

/** Solana. Source: solana.com/docs, "Accounts": a public key or derived address of 32 bytes in base58. No checksum. */
export const solanaAddress: AddressForm = {
  expected: 'a Solana address (32 bytes in base58, no checksum)',
  read: (text) => {
    if (!/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text)) return wrong('form');
    const bytes = decoded(() => base58.decode(text));
    if (bytes?.length !== 32) return wrong('form');
    return isZero(bytes) ? wrong('unowned') : right(text);
  },
};

/** CRC-16/XMODEM: the check of TON's and Stellar's addresses. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

/** TON. Source: docs.ton.org, "Addresses" (TEP-2): friendly forms with a CRC, in either base64; raw ones without. */
export const tonAddress: AddressForm = {
  expected: 'a TON address (48 characters, UQ… or EQ…, with a checksum)',
  read: (text) => {
    const raw = /^(0|-1):([0-9a-f]{64})$/i.exec(text);
    if (raw) {
      const [, workchain = '', hash = ''] = raw;
      if (/^0+$/.test(hash)) return wrong('unowned');
      return right(`${workchain}:${hash.toLowerCase()}`, 'is a raw address, which has no checksum');
    }
    if (!/^[A-Za-z0-9+/_-]{48}$/.test(text)) return wrong('form');
    const safe = text.replaceAll('+', '-').replaceAll('/', '_');
    const bytes = decoded(() => base64url.decode(safe));
    if (bytes?.length !== 36) return wrong('form');
    const [tag = 0, workchain] = bytes;
    if (![0x11, 0x51].includes(tag & 0x7f) || (workchain !== 0 && workchain !== 0xff)) return wrong('form');
    if (crc16(bytes.subarray(0, 34)) !== ((bytes[34] ?? 0) << 8) + (bytes[35] ?? 0)) return wrong('checksum');
    if (tag & 0x80) return wrong('test-network');
    return isZero(bytes.subarray(2, 34)) ? wrong('unowned') : right(safe);
  },
};

/** Stellar. Source: SEP-23 (strkey): base32 of a version, the key and a CRC. Muxed accounts (M…) hold an id. */
export const stellarAddress: AddressForm = {
  expected: 'a Stellar address (G… or M…, with a checksum)',
  read: (text) => {
    const upper = text.toUpperCase();
    if (!/^(G[A-Z2-7]{55}|M[A-Z2-7]{68})$/.test(upper)) return wrong('form');
    const bytes = decoded(() => base32nopad.decode(upper));
    if (bytes === undefined) return wrong('checksum');
    const body = bytes.subarray(0, -2);
    if (crc16(body) !== (bytes.at(-2) ?? 0) + ((bytes.at(-1) ?? 0) << 8)) return wrong('checksum');
    if (bytes[0] !== 0x30 && bytes[0] !== 0x60) return wrong('form');
    if (isZero(body.subarray(1, 33))) return wrong('unowned');
    return bytes[0] === 0x60 ? { kind: 'address', address: upper, memo: 'none' } : right(upper);
  },
};

/** Chains with bech32 accounts of a prefix of their own. Source: Cosmos SDK, ADR-028; each chain's registry entry. */
export const bech32Account = (prefix: string, chain: string): AddressForm => ({
  expected: `an address of ${chain} (${prefix}1…, with a checksum)`,
  read: (text) => {
    const lower = text.toLowerCase();
    if (!lower.startsWith(`${prefix}1`) || (text !== lower && text !== text.toUpperCase()))
      return wrong('form');
    const read = decoded(() => bech32.decode(lower as `${string}1${string}`));
    if (read === undefined) return wrong('checksum');
    const bytes = decoded(() => bech32.fromWords(read.words));
    if (read.prefix !== prefix || (bytes?.length !== 20 && bytes?.length !== 32)) return wrong('form');
    return isZero(bytes) ? wrong('unowned') : right(lower);
  },
});

/** Antelope (EOS). Source: docs.eosnetwork.com, "Account names". No checksum. */
export const eosAccount: AddressForm = {
  expected: 'an EOS account name (up to 12 of a-z, 1-5 and dots)',
  read: (text) => (/^(?=.{1,12}$)[a-z1-5.]*[a-z1-5]$/.test(text) ? right(text) : wrong('form')),
};

/** Algorand. Source: developer.algorand.org, "Accounts": base32 of the key and four bytes of SHA-512/256. */
export const algorandAddress: AddressForm = {
  expected: 'an Algorand address (58 characters, with a checksum)',
  read: (text) => {
    const upper = text.toUpperCase();
    if (!/^[A-Z2-7]{58}$/.test(upper)) return wrong('form');
    const bytes = decoded(() => base32nopad.decode(upper));
    if (bytes?.length !== 36) return wrong('checksum');
    const key = bytes.subarray(0, 32);
    if (!sameBytes(sha512_256(key).subarray(-4), bytes.subarray(32))) return wrong('checksum');
    return isZero(key) ? wrong('unowned') : right(upper);
  },
};

/** Aptos (AIP-40) and Sui: 32 bytes in hexadecimal, no checksum. */
export const moveAddress = (chain: string): AddressForm => ({
  expected: `an address of ${chain} (0x and 64 hexadecimal digits, no checksum)`,
  read: (text) => {
    if (!/^0x[0-9a-f]{64}$/i.test(text)) return wrong('form');
    return /^0x0+$/i.test(text) ? wrong('unowned') : right(text.toLowerCase());
  },
});

/** NEAR. Source: docs.near.org, "Account ID": a name, or the 64 hexadecimal digits of a key. No checksum. */
export const nearAccount: AddressForm = {
  expected: 'a NEAR account (a name such as alice.near, or 64 hexadecimal digits)',
  read: (text) =>
    /^[0-9a-f]{64}$/.test(text) ||
    /^(?=.{2,64}$)(?:[a-z0-9]+[-_])*[a-z0-9]+(?:\.(?:[a-z0-9]+[-_])*[a-z0-9]+)+$/.test(text)
      ? right(text)
      : wrong('form'),
};

/** Hedera. Source: docs.hedera.com, "Account ID": shard, realm and number; HIP-15: five check letters, where given. */
export const hederaAccount: AddressForm = {
  expected: 'a Hedera account (0.0. and a number; check letters, where there are any, must fit)',
  read: (text) => {
    const found = /^(0\.0\.[1-9]\d{0,18})(?:-([a-z]{5}))?$/.exec(text);
    const [, account = '', letters] = found ?? [];
    if (found === null) return wrong('form');
    // The letters fall away only where they prove that the number is the one that was meant.
    if (letters === undefined || letters === hederaLetters(account, hederaMainnet)) return right(account);
    const isOfTests = hederaTestLedgers.some((ledger) => letters === hederaLetters(account, ledger));
    return wrong(isOfTests ? 'test-network' : 'checksum');
  },
};

const hederaMainnet = 0;
const hederaTestLedgers = [1, 2] as const;

/** HIP-15, "Address Checksums", by its own names: `s0`, `s1` and `s` of the digits (a dot is 10), `sh` of the ledger's id. */
function hederaLetters(account: string, ledger: number): string {
  const [p3, p5, weight] = [26 ** 3, 26 ** 5, 31];
  const digits = Array.from(account, (digit) => (digit === '.' ? 10 : Number(digit)));
  const hash = (values: readonly number[], modulus: number): number =>
    values.reduce((sum, value) => (sum * weight + value) % modulus, 0);
  const sumOf = (parity: number): number =>
    digits.reduce((sum, digit, index) => (index % 2 === parity ? sum + digit : sum), 0) % 11;
  const [s0, s1, s] = [sumOf(0), sumOf(1), hash(digits, p3)];
  const sh = hash([ledger, 0, 0, 0, 0, 0, 0], p5);
  const sums = ((((digits.length % 5) * 11 + s0) * 11 + s1) * p3 + s + sh) % p5;
  let rest = (sums * 1_000_003) % p5;
  let letters = '';
  for (let index = 0; index < 5; index += 1) {
    letters = String.fromCharCode(97 + (rest % 26)) + letters;
    rest = Math.floor(rest / 26);
  }
  return letters;
}

/** Cardano. Source: CIP-19: bech32 with the network in the first byte. Byron addresses are of another time. */
export const cardanoAddress: AddressForm = {
  expected: 'a Cardano address (addr1…, with a checksum)',
  read: (text) => {
    const lower = text.toLowerCase();
    const isTest = lower.startsWith('addr_test1');
    if (!(isTest || lower.startsWith('addr1')) || (text !== lower && text !== text.toUpperCase()))
      return wrong('form');
    const bytes = decoded(() => bech32.fromWords(bech32.decode(lower as `${string}1${string}`, false).words));
    if (bytes === undefined) return wrong('checksum');
    if (isTest) return wrong('test-network');
    if ((bytes.length !== 29 && bytes.length !== 57) || ((bytes[0] ?? 0) & 0x0f) !== 1) return wrong('form');
    return right(lower);
  },
};

/** Polkadot. Source: wiki.polkadot.network, "SS58": base58 of a prefix (0), the key and two bytes of BLAKE2b. */
export const polkadotAddress: AddressForm = {
  expected: 'a Polkadot address (1…, with a checksum)',
  read: (text) => {
    if (!/^[1-9A-HJ-NP-Za-km-z]{46,48}$/.test(text)) return wrong('form');
    const bytes = decoded(() => base58.decode(text));
    if (bytes?.length !== 35) return wrong('form');
    const body = bytes.subarray(0, 33);
    const hash = blake2b(Uint8Array.from([...utf8.encode('SS58PRE'), ...body]), { dkLen: 64 });
    if (!sameBytes(hash.subarray(0, 2), bytes.subarray(33))) return wrong('checksum');
    if (body[0] !== 0) return wrong('form');
    return isZero(body.subarray(1)) ? wrong('unowned') : right(text);
  },
};
