/** Looks for anything in a stored history that could belong to a real person, or to the machine that recorded it. */
import type { Text } from './history-text';

/** The people of the recordings. None of them exists. */
const inventedNames = new Set([
  'Juan dela Cruz',
  'Rahima Begum',
  'Ngozi Okafor',
  'Sanctioned Testperson',
  'Beatriz Santos',
  'محمد يوسف',
]);
/** Rules of a policy have names, too: those that thresholds become. */
const ruleName = /^[A-Z0-9_]{3,12} from [\d.]+$/;
/** Their accounts, phones and wallets; the cards are the networks' own test numbers. */
const inventedAccounts: readonly RegExp[] = [
  /^10000000\d\d$/,
  /^01234567\d\d$/,
  /^0?8031234567$/,
  /^\+?2348031234567$/,
  /^T(Demo|Test)WalletAddress0+\d$/,
  /^(4111111111111111|5500000000000004)$/,
];

/** Fields that say who a person is, in our request and in the bodies of the three providers. */
const personField =
  /^((bene(ficiary)?|account|holder|recipient|receiver|full|first|last|customer)_?)?(holder_?)?names?$/i;
const accountField =
  /^((bank_?)?account_?(number|no)|card_?(number|no)|phone(_?number)?|mobile(_?number)?|msisdn|iban|(wallet_?)?address)$/i;
const birthField = /birth|passport|national_?id|tax_?id|^(ssn|nid|pan)$/i;

const eMail = /[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}/gi;
/** The SDK's name for a worker: process id and host. */
const machineIdentity = /(^|\s)\d+@[A-Za-z0-9]/;
const exampleHost = /(^|\.)(example|test|invalid|example\.(com|org|net))$/i;
const ipAddress = /\b(\d{1,3}(?:\.\d{1,3}){3})\b/g;
/** RFC 5737, and this machine. */
const documentationAddress = /^(192\.0\.2|198\.51\.100|203\.0\.113|127\.0\.0)\./;
const longNumber = /(?<![A-Za-z0-9-])\+?\d{9,19}(?![A-Za-z0-9-])/g;
const machinePath = /(^|[\s"'(:])(file:\/\/)?\/(home|Users|root|work|mnt|private|tmp|var)\//;

/** Numbers that are times, as Unix seconds, milliseconds or nanoseconds of 2020 to 2096, and stand in no person's field. */
const isTime = (digits: string): boolean => /^(1[5-9]|2\d|3\d)\d{8}(\d{3}|\d{9})?$/.test(digits);

const isInvented = (text: string): boolean => inventedAccounts.some((pattern) => pattern.test(text));

function passesLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** Everything that looks real, as sentences with the field and never more than the first letters. */
export function realLookingData(texts: Iterable<Text>): readonly string[] {
  const found = new Set<string>();
  for (const { key, text } of texts) {
    const say = (what: string, value: string): unknown =>
      found.add(`${key}: ${what} (${value.slice(0, 3)}…)`);
    if (
      personField.test(key) &&
      /\p{L}[.,]?\s+\p{L}/u.test(text) &&
      !inventedNames.has(text) &&
      !ruleName.test(text)
    )
      say('a name', text);
    if (accountField.test(key) && /\d/.test(text) && !isInvented(text)) say('an account', text);
    if (birthField.test(key)) say('an identity', text);
    for (const [address] of text.matchAll(eMail)) {
      if (!exampleHost.test(address.split('@')[1] ?? '')) say('an e-mail address', address);
    }
    for (const [, address = ''] of text.matchAll(ipAddress)) {
      if (!documentationAddress.test(address)) say('an IP address', address);
    }
    for (const [number] of text.matchAll(longNumber)) {
      const digits = number.replace('+', '');
      if (isInvented(digits)) continue;
      if (number.startsWith('+')) say('a phone number', number);
      else if (digits.length >= 13 && passesLuhn(digits) && !isTime(digits)) say('a card number', number);
      else if (
        !isTime(digits) &&
        typeof key === 'string' &&
        !/^(eventId|taskId|id|seq|nanos|.*(Ms|EventId|Bytes|Time|At))$/.test(key)
      )
        say('a long number', number);
    }
    if (machineIdentity.test(text)) say('the name of a machine', text);
    if (machinePath.test(text)) say('a path of a machine', text);
  }
  return [...found];
}
