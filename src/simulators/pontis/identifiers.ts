/** Ids in the shapes Pontis shows in its pages, drawn from the simulator's random source so that runs can be repeated. */
import { createHash } from 'node:crypto';

type RandomSource = () => number;

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const randomBytes = (count: number, random: RandomSource): Buffer =>
  Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));

/** A UUID v4, the form of live transaction ids (`docs.pontisglobe.com/api-reference/send-payout`). */
export const uuidFrom = (random: RandomSource): string => {
  const bytes = randomBytes(16, random);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** A ULID, the form of `request_id` in error replies (`docs.pontisglobe.com/api-reference/send-payout`). */
export const ulidFrom = (now: number, random: RandomSource): string => {
  let rest = Math.max(0, Math.floor(now));
  let time = '';
  for (let position = 0; position < 10; position += 1) {
    time = `${CROCKFORD.charAt(rest % 32)}${time}`;
    rest = Math.floor(rest / 32);
  }
  return time + Array.from({ length: 16 }, () => CROCKFORD.charAt(Math.floor(random() * 32))).join('');
};

/** A sandbox transaction id such as `sb_a42b69dcd78f_01_tg3qwn_30e136b2` (`docs.pontisglobe.com/sandbox`). */
export const sandboxIdFrom = (
  accountId: string,
  cents: string,
  now: number,
  random: RandomSource,
): string => {
  const account = createHash('sha256').update(accountId).digest('hex').slice(0, 12);
  const seconds = Math.floor(now / 1000)
    .toString(36)
    .padStart(6, '0');
  return `sb_${account}_${cents}_${seconds}_${randomBytes(4, random).toString('hex')}`;
};
