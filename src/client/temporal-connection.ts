import { existsSync } from 'node:fs';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { setVariables } from '../contract/temporal-variables';
import { PayoutClientError } from './errors';
import { tryContact } from './first-contact';
import type { ContactTarget } from './first-contact';
import type { Contact } from './temporal-calls';
import type { Unreachable } from './unreachable-temporal';

/** How to reach Temporal. What is not given comes from `TEMPORAL_*` variables and the profile of Temporal's configuration file. */
export type TemporalConnectionSettings = {
  /** `host:port` of the frontend. */
  readonly address?: string;
  readonly namespace?: string;
  /** Profile of Temporal's configuration file; default: `TEMPORAL_PROFILE`, then `default`. */
  readonly profile?: string;
  /**
   * How long the first contact with Temporal may take before a call fails with the reason (`TemporalUnreachableError`); default
   * 1,500 ms. Later a server that is away is waited for as long as the call's own time allows.
   */
  readonly connectTimeoutMs?: number;
  /** Read instead of the process's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

const defaultAddress = 'localhost:7233';
const defaultConnectTimeoutMs = 1_500;

/** A client that connects with its first call. Throws `connection_settings_invalid`. */
export function connectToTemporal(settings: TemporalConnectionSettings): {
  readonly client: Client;
  readonly contact: Contact;
  readonly close: () => Promise<void>;
} {
  try {
    const env = settings.env === undefined ? undefined : setVariables(settings.env);
    if (env !== undefined) assertConfigurationFile(env);
    const { connectionOptions, namespace } = loadClientConnectConfig({
      ...(settings.profile === undefined ? {} : { profile: settings.profile }),
      ...(env === undefined ? {} : { overrideEnvVars: env }),
    });
    // An empty variable of the process's own is one that is not set, too.
    const configured = settings.address ?? (connectionOptions.address || undefined);
    const { tls, apiKey, metadata } = connectionOptions;
    let isMade = false;
    const made = (): void => {
      isMade = true;
    };
    let isClosed = false;
    const retries = defaultGrpcRetryOptions();
    const connection = Connection.lazy({
      address: configured ?? defaultAddress,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
      // gRPC would go through a proxy named in http_proxy even to this machine.
      ...(isThisMachine(configured ?? defaultAddress)
        ? { channelArgs: { 'grpc.enable_http_proxy': 0 } }
        : {}),
      interceptors: [
        makeGrpcRetryInterceptor({
          ...retries,
          // A first contact that fails is told at once, and nobody waits for a connection that was closed.
          retryableDecider: (attempt, status) =>
            isMade && !isClosed && retries.retryableDecider(attempt, status),
        }),
        (options, nextCall) => {
          try {
            return nextCall(options) as Call;
          } catch (error) {
            if (!isClosed) throw error;
            return endedCall();
          }
        },
      ],
    });
    const target = contactTarget(connection.options.address, configured === undefined, tls, apiKey);
    let trying: Promise<Unreachable | undefined> | undefined;
    const contact: Contact = {
      isMade: () => isMade,
      isWatched: watchConnection(connection, made),
      made,
      async tryContact() {
        // Only the proxy knows the way.
        if (isProxied(connection)) return undefined;
        trying ??= tryContact(target, settings.connectTimeoutMs ?? defaultConnectTimeoutMs).finally(() => {
          trying = undefined;
        });
        return trying;
      },
    };
    const client = new Client({ connection, namespace: settings.namespace ?? (namespace || 'default') });
    return {
      client,
      contact,
      async close() {
        isClosed = true;
        await connection.close();
      },
    };
  } catch (error) {
    throw new PayoutClientError(
      'connection_settings_invalid',
      `the settings for the connection to Temporal cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

type Interceptor = NonNullable<NonNullable<Parameters<typeof Connection.lazy>[0]>['interceptors']>[number];
type Call = ReturnType<Interceptor>;

/** `CANCELLED` of gRPC. */
const cancelled = 1;

/**
 * The SDK asks again after a pause. A channel that was closed meanwhile throws then, out of a timer, which ends the process:
 * in its place stands a call that is over. Nobody waits for it any more.
 */
const endedCall = (): Call => {
  const call: Pick<Call, 'start' | 'sendMessage' | 'halfClose' | 'cancelWithStatus'> = {
    start: (metadata, listener) =>
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in a package that is none of ours
      listener?.onReceiveStatus?.({ code: cancelled, details: 'the client was closed', metadata }),
    sendMessage: () => undefined,
    halfClose: () => undefined,
    cancelWithStatus: () => undefined,
  };
  return call as Call;
};

/** One that is named is meant: without it the client would go to the default address. */
function assertConfigurationFile(env: Readonly<Record<string, string>>): void {
  const path = env['TEMPORAL_CONFIG_FILE'];
  if (path !== undefined && !existsSync(path))
    throw new Error(`TEMPORAL_CONFIG_FILE names ${JSON.stringify(path)}, and there is no such file`);
}

type Tls = NonNullable<Parameters<typeof Connection.lazy>[0]>['tls'];

/** `address` as the SDK has normalised it: `host:port` or `[v6]:port`. */
export function contactTarget(address: string, isDefault: boolean, tls: Tls, apiKey: unknown): ContactTarget {
  const at = address.lastIndexOf(':');
  const port = Number(address.slice(at + 1));
  if (port < 1 || port > 65_535) throw new RangeError(`${address} has no port from 1 to 65535`);
  const host = address.slice(0, at).replaceAll(/^\[|\]$/g, '');
  if (!/^[\w.:-]+$/.test(host)) throw new RangeError(`${JSON.stringify(host)} is no name of a host`);
  const target = { host, port, isDefault };
  // An API key implies TLS, unless it is switched off.
  const isTls = tls === undefined || tls === null ? apiKey !== undefined : tls !== false;
  if (!isTls) return target;
  const { serverNameOverride, serverRootCACertificate, clientCertPair } =
    typeof tls === 'object' && tls !== null ? tls : {};
  return {
    ...target,
    tls: {
      ...(serverRootCACertificate === undefined ? {} : { ca: Buffer.from(serverRootCACertificate) }),
      ...(clientCertPair === undefined
        ? {}
        : { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
      ...(serverNameOverride === undefined ? {} : { servername: serverNameOverride }),
    },
  };
}

/** gRPC goes through a proxy of the environment, unless that excepts the host: its channel leads elsewhere then. */
export function isProxied(connection: Connection): boolean {
  // Where the channel cannot be seen, the address counts.
  return channelOf(connection)?.getTarget().endsWith(connection.options.address) === false;
}

/** gRPC's `ConnectivityState`; `@grpc/grpc-js` is no dependency of ours. */
const channelStates = { ready: 2, shutdown: 4 } as const;

/**
 * Tells when there is a connection for the first time: from then on calls are sent, whether they are answered or not. False
 * where that cannot be seen.
 */
function watchConnection(connection: Connection, made: () => void): boolean {
  const channel = channelOf(connection);
  if (channel === undefined) return false;
  const look = (): void => {
    const state = channel.getConnectivityState(false);
    if (state === channelStates.ready) made();
    else if (state !== channelStates.shutdown) channel.watchConnectivityState(state, Infinity, look);
  };
  look();
  return true;
}

type Channel = {
  readonly getTarget: () => string;
  readonly getConnectivityState: (connects: boolean) => number;
  readonly watchConnectivityState: (from: number, deadline: number, changed: () => void) => void;
};

/** The SDK keeps its channel to itself. */
function channelOf(connection: Connection): Channel | undefined {
  const { client } = connection as unknown as { readonly client?: { readonly getChannel?: () => Channel } };
  return client?.getChannel?.();
}

export const isThisMachine = (address: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]):/.test(address);
