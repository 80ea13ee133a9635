import { log } from '@temporalio/activity';
import type { ProviderFailure } from '../domain/provider-failure';

/** Says in the worker's log which account answered what, so that wrong credentials are found by whoever runs it. */
export function reportFailure(
  account: string,
  operation: 'submit' | 'look-up' | 'status' | 'quote',
  { code, effect, httpStatus, providerCode, requestId }: ProviderFailure,
): void {
  log.warn('provider call failed', {
    account,
    operation,
    code,
    effect,
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}
