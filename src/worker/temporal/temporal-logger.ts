import type { Logger as TemporalLogger, LogLevel as TemporalLogLevel, LogMetadata } from '@temporalio/common';
import type { Logger, LogLevel } from '../../observability/logger';

const levels: Readonly<Record<TemporalLogLevel, LogLevel>> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/**
 * The SDK's log written into ours. Its own warnings ("Activity failed") carry the failed activity's error in clear, with
 * whatever its message quotes; here it passes the same redaction as everything else. Symbols (the SDK's timestamps) and
 * task tokens are left behind.
 */
export function createTemporalLogger(logger: Logger): TemporalLogger {
  const log = (level: TemporalLogLevel, message: string, meta: LogMetadata = {}): void => {
    // With many workflows at once the SDK traces thousands of lines a second.
    if (level === 'TRACE') return;
    const { taskToken: _binary, ...fields } = meta;
    logger.log(levels[level], message, fields);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
