import type { Secret } from '../../observability/secret';

/** Where a PostgreSQL is, and as whom it is asked. Nothing of it comes from `PG*` variables or password files. */
export type DatabaseAddress = {
  /** A host, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: Secret;
};

/** TLS is on where this is there: the server's certificate and its name are always checked. */
export type DatabaseTls = {
  /** PEM; else the authorities that Node trusts. */
  readonly ca?: string;
  /** Of the certificate, where it is not the host's name. */
  readonly serverName?: string;
};

export type DatabaseSettings = {
  readonly address: DatabaseAddress;
  readonly tls?: DatabaseTls;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
};

/** A key of the payees' MACs. Its id stands beside every MAC that was made with it. */
export type PayeeKey = { readonly id: string; readonly secret: Secret };

export type RegisterSettings = DatabaseSettings & {
  /** The first one writes; the others are those that wrote before. */
  readonly payeeKeys: readonly [PayeeKey, ...PayeeKey[]];
};
