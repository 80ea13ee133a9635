import { destination, pino, stdTimeFunctions } from 'pino';
import { redactFields } from './redact-fields';
import type { LogFields } from './redact-fields';
import { scrubText } from './scrub-text';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one JSON line per call. Texts under names that are not known to be harmless are redacted: `redact-fields.ts`. */
export type Logger = {
  log(level: LogLevel, event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log with fields in every line. */
  with(fields: LogFields): Logger;
};

export type LoggerOptions = {
  readonly level?: LogLevel;
  /** Where lines go; default stderr, so that stdout stays free for a command's own output. */
  readonly to?: 'stdout' | 'stderr' | { write(line: string): void };
};

/** pino behind the redaction: nothing reaches it unredacted, so pino itself is never handed out. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const { level = 'info', to = 'stderr' } = options;
  const output = typeof to === 'string' ? destination({ dest: to === 'stdout' ? 1 : 2, sync: true }) : to;
  const lines = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      messageKey: 'event',
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  );
  const create = (always: LogFields): Logger => {
    const log = (at: LogLevel, event: string, fields: LogFields = {}): void => {
      if (!lines.isLevelEnabled(at)) return;
      lines[at]({ ...always, ...withoutOwnNames(redactFields(fields)) }, scrubText(event));
    };
    return {
      log,
      debug: (event, fields) => log('debug', event, fields),
      info: (event, fields) => log('info', event, fields),
      warn: (event, fields) => log('warn', event, fields),
      error: (event, fields) => log('error', event, fields),
      with: (fields) => create({ ...always, ...withoutOwnNames(redactFields(fields)) }),
    };
  };
  return create({});
}

/** A field must not write a second `level` or `event` into the line: readers take the last. */
const withoutOwnNames = ({ level, time, event, ...fields }: Record<string, unknown>): Record<string, unknown> => ({
  ...fields,
  ...(level === undefined ? {} : { level_: level }),
  ...(time === undefined ? {} : { time_: time }),
  ...(event === undefined ? {} : { event_: event }),
});
