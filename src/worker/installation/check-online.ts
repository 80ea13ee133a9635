import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import type { InstalledAccount } from '../../activities/installation';
import type { Environment } from '../../config/environment';
import { configurationPath } from '../../config/configuration-problem';
import type { ProviderFailure } from '../../domain/provider-failure';
import { temporalSettings } from '../temporal/connect-temporal';
import type { TemporalOptions } from '../temporal/connect-temporal';
import { checkServer } from '../temporal/server-requirements';
import type { ServerDemands } from '../temporal/server-requirements';
import { WorkerStartError } from '../worker-start-error';

/** One thing that was tried. Messages are sentences of ours: no value of the configuration but addresses, no secret. */
export type OnlineCheck = { readonly what: string; readonly ok: boolean; readonly message: string };

/** Somebody waits at a terminal. A provider's own limits are for money. */
const patienceMs = 8_000;
/** A connection that is not there in this time is not there. */
const connectMs = 3_000;

/** Tries Temporal and each provider account, all at once; changes nothing anywhere. Never rejects. */
export async function checkOnline(
  {
    namespace,
    accounts,
    ...demands
  }: {
    /** The one that the configuration pins. */
    readonly namespace: string | undefined;
    readonly accounts: readonly InstalledAccount[];
  } & ServerDemands,
  options: TemporalOptions,
  environment: Environment,
): Promise<readonly OnlineCheck[]> {
  const [temporal, ...ofAccounts] = await Promise.all([
    tryTemporal(namespace, demands, options, environment),
    ...accounts.map(tryAccount),
  ]);
  return [...temporal, ...ofAccounts];
}

async function tryTemporal(
  pinnedNamespace: string | undefined,
  demands: ServerDemands,
  options: TemporalOptions,
  environment: Environment,
): Promise<readonly OnlineCheck[]> {
  const what = 'temporal';
  let settings: ReturnType<typeof temporalSettings>;
  try {
    settings = temporalSettings(options, environment, pinnedNamespace);
  } catch (error) {
    if (!(error instanceof WorkerStartError)) throw error;
    return [{ what, ok: false, message: error.message }];
  }
  const { connectionOptions, namespace, address } = settings;
  // The client's connection, which can be given up: the worker's goes on in native code.
  const unreachable = await connectionProblem(address);
  if (unreachable !== undefined) return [{ what, ok: false, message: `${address} ${unreachable}` }];
  const connection = Connection.lazy({ ...connectionOptions, address });
  try {
    const { problems, warnings, remarks } = await connection.withDeadline(Date.now() + patienceMs, async () =>
      checkServer(connection, namespace, demands),
    );
    const answers = { what, ok: true, message: `${address} answers` };
    if (problems.length > 0)
      return [answers, ...problems.map((message) => ({ what: 'temporal.namespace', ok: false, message }))];
    const fits = [`namespace ${namespace} fits`, ...remarks, ...warnings].join('; ');
    return [answers, { what: 'temporal.namespace', ok: true, message: fits }];
  } catch {
    return [
      {
        what,
        ok: false,
        message: `${address} takes connections and does not answer as Temporal does: check the port, TLS and the API key`,
      },
    ];
  } finally {
    await connection.close();
  }
}

/** gRPC tries again and again what a plain connection says at once; undefined: something listens there. */
async function connectionProblem(address: string): Promise<string | undefined> {
  const [, host = '', port = ''] = /^(?:\w+:\/\/)?\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  if (host === '') return 'is no address: host:port is';
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const end = (problem?: string): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(connectMs, () => end('does not answer: check address and network'));
    socket.once('connect', () => end());
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      end(
        code === 'ECONNREFUSED'
          ? 'refuses the connection: does Temporal run there?'
          : code === 'ENOTFOUND' || code === 'EAI_AGAIN'
            ? 'cannot be found: check the name of the host'
            : `cannot be reached (${code ?? 'error'})`,
      ),
    );
  });
}

async function tryAccount({ id, provider }: InstalledAccount): Promise<OnlineCheck> {
  const what = configurationPath(['accounts', id]);
  if (provider.tryCredentials === undefined)
    return { what, ok: true, message: `not tried: ${provider.provider} has no harmless question` };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), patienceMs);
  try {
    const tried = await provider.tryCredentials({ signal: limit.signal });
    return tried.kind === 'accepted'
      ? { what, ok: true, message: `${provider.provider} answers and takes the credentials` }
      : { what, ok: false, message: failureText(provider.provider, tried.failure) };
  } catch {
    // A bug of an adapter; what it threw may hold anything.
    return { what, ok: false, message: `${provider.provider} could not be asked` };
  } finally {
    clearTimeout(timer);
  }
}

function failureText(provider: string, { code, httpStatus }: ProviderFailure): string {
  const status = httpStatus === undefined ? '' : `, HTTP ${httpStatus}`;
  return `${provider} ${whatItSays[code] ?? 'gives no answer that says whether the credentials are good'} (${code}${status})`;
}

const whatItSays: Partial<Readonly<Record<ProviderFailure['code'], string>>> = {
  credentials_refused: 'refuses the credentials: keys, signature secret, or the address we call from',
  clock_refused: 'refuses the time of our signature: set the clock of this machine',
  account_suspended: 'says that the account is suspended',
  misconfigured: 'does not know what we ask for: check baseUrl and settings',
  not_reachable: 'cannot be reached: check baseUrl and network',
  timeout: 'does not answer in time',
  connection_lost: 'closes the connection',
  rate_limited: 'has had too many requests: try again later',
};
