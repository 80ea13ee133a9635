import { CliError } from '../cli-error';
import { exitCodes } from '../exit-codes';

const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
};

/** What `--since` and `--until` take, for their help. */
export const timeForms = 'a date, an ISO 8601 time with its zone, or how long ago: 90s, 30m, 2h, 3d, 1w';

/** A date alone is midnight UTC. A time without its zone would mean another one on every machine. */
const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** Unix milliseconds. */
export function readTime(option: string, text: string, now: number): number {
  const [, number = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const at = unit === '' ? absolute(text) : now - Number(number) * (units[unit] ?? Number.NaN);
  if (at !== undefined && at >= 0) return at;
  throw new CliError(
    'time_invalid',
    exitCodes.badInput,
    `${option} ${JSON.stringify(text).slice(0, 60)} is no time`,
    `Write ${timeForms} (2026-11-30, 2026-11-30T10:00:00Z, 3d).`,
  );
}

function absolute(text: string): number | undefined {
  const [, year, month, day] = isoTime.exec(text) ?? [];
  if (year === undefined) return undefined;
  // JavaScript takes 31 February for a day of March.
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const at = Date.parse(text);
  if (Number.isNaN(at) || Number.isNaN(midnight.getTime())) return undefined;
  return midnight.getUTCDate() === Number(day) ? at : undefined;
}
