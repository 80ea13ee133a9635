import { Secret } from '../observability/secret';
import type { DatabaseAddress } from '../register/postgres/register-settings';

export type ReadDatabaseUrl =
  | {
      readonly ok: true;
      readonly address: DatabaseAddress;
      /** `sslmode=verify-full`: TLS with the authorities that Node trusts, where no others are named. */
      readonly tls: boolean;
    }
  | { readonly ok: false; readonly problem: string };

const form = 'must be a URL such as "postgresql://USER:PASSWORD@HOST:5432/DATABASE"';
const usualPort = 5432;

/**
 * Reads a PostgreSQL URL as libpq does, Unix sockets too (`?host=/folder`, or the folder as host, its slashes encoded). It
 * takes few parameters: one that is not known here could be one that matters. Problems quote nothing: it may hold a password.
 */
export function readDatabaseUrl(text: string): ReadDatabaseUrl {
  const refuse = (problem: string): ReadDatabaseUrl => ({ ok: false, problem });
  // A host may be missing where a parameter names a socket; to `URL` it may not.
  const whole = text.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?=[:/?])/, `$1${noHost}`);
  if (!URL.canParse(whole)) return refuse(form);
  const url = new URL(whole);
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') return refuse(form);
  if (url.hash !== '') return refuse('must have no fragment: encode # in a password as %23');
  const parameters = new Map(url.searchParams);
  if ([...parameters.keys()].some((name) => !knownParameters.has(name)))
    return refuse('has a parameter other than host, port, user and sslmode');
  const [user, password, database, named] = [
    url.username,
    url.password,
    url.pathname.slice(1),
    hostOf(url),
  ].map(decoded);
  const host = parameters.get('host') ?? (named === noHost ? '' : named);
  const port = Number(parameters.get('port') ?? (url.port === '' ? usualPort : url.port));
  const name = parameters.get('user') ?? user;
  if (host === undefined || host === '') return refuse(`names no host: it ${form}`);
  if (name === undefined || name === '') return refuse(`names no user: it ${form}`);
  if (database === undefined || !/^[^/\0]+$/.test(database)) return refuse(`names no database: it ${form}`);
  if (password === undefined) return refuse('has a password that is not encoded as in a URL: % is %25');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return refuse('has a port that is none');
  const sslMode = parameters.get('sslmode');
  if (sslMode !== undefined && sslMode !== 'disable' && sslMode !== 'verify-full')
    return refuse('has an sslmode that trusts any server: verify-full checks it, disable is without TLS');
  return {
    ok: true,
    tls: sslMode === 'verify-full',
    address: {
      host,
      port,
      database,
      user: name,
      ...(password === '' ? {} : { password: new Secret(password) }),
    },
  };
}

const noHost = 'socket.invalid';
const knownParameters: ReadonlySet<string> = new Set(['host', 'port', 'user', 'sslmode']);

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A socket's folder, or an address of this machine: nobody can listen on the way. */
export const isOnThisMachine = ({ host }: DatabaseAddress): boolean =>
  host.startsWith('/') || /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host);
