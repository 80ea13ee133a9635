/** Why a statement had no result, fit for people: a code, and words of ours. */
export type DatabaseFailure = {
  /** An SQLSTATE, a code of the operating system, or one of ours. */
  readonly code: string;
  readonly note: string;
  /** The connection is gone, and a new one may do: the statement may have been committed, and is asked again. */
  readonly again: boolean;
  /** The constraint that a row would break. */
  readonly constraint?: string;
};

type Kind = { readonly says: string; readonly again?: true };

const lost: Kind = { says: 'the connection to the register was lost', again: true };
const stopping: Kind = { says: 'the register’s PostgreSQL is stopping or starting', again: true };
const notMigrated: Kind = {
  says: 'the register’s schema is not there or too old: payouts register migrate',
};
const noRights: Kind = {
  says: 'the register’s role may not do what it must: payouts register roles, then payouts register migrate',
};
const refusedLogin: Kind = {
  says: 'the register’s PostgreSQL refuses user or password, or lets them in from elsewhere only',
};
const ourMistake: Kind = { says: 'the register refuses a statement of ours: this is an error of ours' };
const refusedRow: Kind = { says: 'the register refuses a row of ours: this is an error of ours' };
const full: Kind = { says: 'the register’s PostgreSQL has no room left (disk, memory or connections)' };
const stalePlan: Kind = { says: 'the register’s schema changed under a prepared statement', again: true };
const competing: Kind = { says: 'the register was asked for the same thing at once', again: true };
const broken: Kind = { says: 'the register’s PostgreSQL has an internal error: its log says more' };

/** Where a single code says more than its class. */
const codes: Readonly<Record<string, Kind>> = {
  // A statement that was prepared before a migration, or is forgotten: a new connection prepares it anew.
  '0A000': stalePlan,
  '26000': stalePlan,
  '25006': { says: 'the register’s PostgreSQL takes no writes: is it a standby?' },
  '3D000': { says: 'the register’s database is not there' },
  '3F000': notMigrated,
  '40003': lost,
  '42501': noRights,
  '42P01': notMigrated,
  '42703': notMigrated,
  '42883': notMigrated,
  '53300': { says: 'the register’s PostgreSQL has too many connections' },
  '55P03': { says: 'the register’s tables are locked by somebody else' },
  '57014': { says: 'the register does not answer in time' },
  '57P01': stopping,
  '57P02': stopping,
  '57P03': stopping,
  '57P04': { says: 'the register’s database was dropped' },
  '57P05': lost,
};

/** Every class of PostgreSQL's appendix A. */
const classes: Readonly<Record<string, Kind>> = {
  '00': ourMistake,
  '01': ourMistake,
  '02': ourMistake,
  '03': ourMistake,
  '08': lost,
  '09': refusedRow,
  '0A': ourMistake,
  '0B': ourMistake,
  '0F': ourMistake,
  '0L': noRights,
  '0P': noRights,
  '0Z': ourMistake,
  '10': ourMistake,
  '20': ourMistake,
  '21': ourMistake,
  '22': refusedRow,
  '23': refusedRow,
  '24': ourMistake,
  '25': ourMistake,
  '26': ourMistake,
  '27': refusedRow,
  '28': refusedLogin,
  '2B': noRights,
  '2D': ourMistake,
  '2F': ourMistake,
  '34': ourMistake,
  '38': ourMistake,
  '39': ourMistake,
  '3B': ourMistake,
  '3D': ourMistake,
  '3F': ourMistake,
  '40': competing,
  '42': ourMistake,
  '44': refusedRow,
  '53': full,
  '54': ourMistake,
  '55': broken,
  '57': stopping,
  '58': broken,
  '72': broken,
  F0: broken,
  HV: broken,
  P0: refusedRow,
  XX: broken,
};

/** Of the way to the server; others of the operating system are as good as a lost connection. */
const networkCodes: Readonly<Record<string, Kind>> = {
  ECONNREFUSED: { says: 'nothing listens where the register should be', again: true },
  ENOENT: { says: 'nothing listens where the register should be', again: true },
  EACCES: { says: 'this process may not open the register’s socket' },
  ENOTFOUND: { says: 'the host of the register cannot be found' },
  EAI_AGAIN: { says: 'the host of the register cannot be found' },
  ETIMEDOUT: { says: 'the register does not answer in time' },
  EHOSTUNREACH: { says: 'the host of the register cannot be reached' },
  ENETUNREACH: { says: 'the host of the register cannot be reached' },
};

/** Of Node's checks of a certificate. */
const isOfTls = (code: string): boolean =>
  /^(?:ERR_(?:TLS|SSL)_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH$|EPROTO$)/.test(code);
const untrusted: Kind = {
  says: 'TLS with the register fails: check the authority (register.tls.ca) and the name of its certificate',
};

/**
 * What an error of `pg` means. Its message is only looked at, never passed on: it may name addresses, users and values, and
 * the object carries the connection.
 */
export function databaseFailure(error: unknown): DatabaseFailure {
  const { code, constraint, message } = fieldsOf(error);
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !isErrno(code)) {
    const kind = codes[code] ?? classes[code.slice(0, 2)] ?? broken;
    return { ...failure(code, kind), ...(constraint === undefined ? {} : { constraint }) };
  }
  if (code !== undefined && /^[A-Z][A-Z0-9_]{2,60}$/.test(code))
    return failure(code, networkCodes[code] ?? (isOfTls(code) ? untrusted : lost));
  // pg's own errors have no code.
  if (/timeout/i.test(message)) return failure('timeout', { says: 'the register does not answer in time' });
  if (/SSL/.test(message))
    return failure('no_tls', { says: 'the register’s PostgreSQL speaks no TLS: nothing was asked' });
  if (/SASL|password/i.test(message)) return failure('no_password', refusedLogin);
  return failure('connection_lost', lost);
}

const failure = (code: string, { says, again }: Kind): DatabaseFailure => ({
  code,
  note: `${says} (${code})`,
  again: again === true,
});

/** EPIPE has five letters, too. */
const isErrno = (code: string): boolean => /^E[A-Z]{4}$/.test(code);

function fieldsOf(error: unknown): {
  readonly code?: string;
  readonly constraint?: string;
  readonly message: string;
} {
  if (typeof error !== 'object' || error === null) return { message: '' };
  const { code, constraint, message } = error as Readonly<Record<string, unknown>>;
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    message: typeof message === 'string' ? message : '',
  };
}
