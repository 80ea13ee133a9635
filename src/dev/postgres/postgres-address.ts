/**
 * Where a server of ours is reached. A Unix socket in a folder that only its user may enter: no port that could be taken, no
 * password that could leak. Where its path would be too long for the system, a port on 127.0.0.1 with a password of its own.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { findFreePort } from '../temporal-ports';

/** The superuser of each server that is started here. */
export const SERVER_USER = 'payouts';

export type PostgresAddress =
  | { readonly kind: 'socket'; readonly folder: string }
  | { readonly kind: 'tcp'; readonly port: number; readonly password: string };

/** It only names the socket: `.s.PGSQL.5432`. */
const SOCKET_NUMBER = 5432;

/** One byte of `sun_path` ends the text: 108 on Linux, 104 on macOS. */
const LONGEST_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** `own`: a folder that only the server's user (and root) may enter. */
export async function chooseAddress(own: string): Promise<PostgresAddress> {
  const path = join(own, `.s.PGSQL.${SOCKET_NUMBER}`);
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH_BYTES) return { kind: 'socket', folder: own };
  return { kind: 'tcp', port: await findFreePort(), password: randomBytes(24).toString('hex') };
}

export function describeAddress(address: PostgresAddress): string {
  return address.kind === 'socket'
    ? `on a socket in ${address.folder}`
    : `on 127.0.0.1:${address.port} with a password, because the path of its socket would be too long`;
}

/** What `pg` connects by; nothing is left to `PG*` variables. */
export function connectionTo(address: PostgresAddress, database: string): ClientConfig {
  const where =
    address.kind === 'socket'
      ? { host: address.folder, port: SOCKET_NUMBER }
      : { host: '127.0.0.1', port: address.port, password: address.password };
  return { ...where, user: SERVER_USER, database, ssl: false };
}

/** The same as one text, which `pg`, libpq and `psql` read alike. */
export function urlOf(address: PostgresAddress, database: string): string {
  if (address.kind === 'tcp')
    return `postgresql://${SERVER_USER}:${address.password}@127.0.0.1:${address.port}/${database}?sslmode=disable`;
  // The host of the query counts: a folder cannot stand where a host does.
  const query = new URLSearchParams({
    host: address.folder,
    port: String(SOCKET_NUMBER),
    sslmode: 'disable',
  });
  return `postgresql://${SERVER_USER}@localhost/${database}?${query.toString()}`;
}

/** Settings for the server, and who may connect: whoever gets to the socket, or has the password. */
export function addressSettings(address: PostgresAddress): readonly string[] {
  return address.kind === 'socket'
    ? [
        'listen_addresses=',
        `unix_socket_directories=${quoted(address.folder)}`,
        'unix_socket_permissions=0700',
        `port=${SOCKET_NUMBER}`,
      ]
    : ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${address.port}`];
}

/** A list whose elements are split at commas. */
const quoted = (folder: string): string => `"${folder.replaceAll('"', '""')}"`;

/** `pg_hba.conf` of one start, whatever that of the data folder says. */
export function accessRules({ kind }: PostgresAddress): string {
  return kind === 'socket' ? 'local all all trust\n' : 'host all all 127.0.0.1/32 scram-sha-256\n';
}
