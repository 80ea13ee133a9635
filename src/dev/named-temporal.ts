import { Connection } from '@temporalio/client';
import { PayoutClientError } from '../client/errors';
import { tryContact } from '../client/first-contact';
import type { ContactTarget } from '../client/first-contact';
import { contactTarget, isProxied, isThisMachine } from '../client/temporal-connection';
import { toClientError } from '../client/to-client-error';
import { TemporalUnreachableError } from '../client/unreachable-temporal';
import { registerSearchAttributes } from './temporal-search-attributes';
import type { SearchAttribute } from './temporal-search-attributes';
import { TemporalServerError } from './temporal-server-error';

/** Registering waits up to 20 s for the attributes to be seen; each call of it is short. */
const withinMs = 30_000;
const contactWithinMs = 1_500;
const prepare = 'prepare the Temporal server';

/**
 * Sees to it that payouts can run on a server that was named: it answers, has the namespace, and knows the search attributes.
 * Throws what the client throws, address and reason included; `signal` ends it.
 */
export async function prepareNamedTemporal(
  address: string,
  namespace: string,
  attributes: readonly SearchAttribute[],
  signal: AbortSignal,
): Promise<void> {
  const { connection, target } = openConnection(address);
  try {
    const unreachable = isProxied(connection) ? undefined : await tryContact(target, contactWithinMs);
    signal.throwIfAborted();
    if (unreachable !== undefined) {
      const { reason, address: tried, why, cause } = unreachable;
      throw new TemporalUnreachableError(reason, tried, `could not ${prepare}: ${why}`, { cause });
    }
    await connection.withAbortSignal(signal, async () =>
      connection.withDeadline(Date.now() + withinMs, async () =>
        registerSearchAttributes(connection, namespace, attributes),
      ),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TemporalServerError) throw error;
    const translated = toClientError(error, { what: prepare, at: address });
    // The only thing that these calls look for.
    if (translated.code !== 'payout_not_found') throw translated;
    throw new PayoutClientError(
      'temporal_namespace_missing',
      `could not ${prepare}: Temporal at ${address} has no namespace ${JSON.stringify(namespace)}`,
      { cause: error },
    );
  } finally {
    await connection.close();
  }
}

/** Nothing ambient: neither a variable nor a profile. */
function openConnection(address: string): {
  readonly connection: Connection;
  readonly target: ContactTarget;
} {
  try {
    const connection = Connection.lazy({
      address,
      ...(isThisMachine(address) ? { channelArgs: { 'grpc.enable_http_proxy': 0 } } : {}),
    });
    return { connection, target: contactTarget(connection.options.address, false, undefined, undefined) };
  } catch (error) {
    throw new PayoutClientError(
      'connection_settings_invalid',
      `the address of the Temporal server cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
