import { z } from 'zod';

/** The header's `typ`: a token that was made for something else is never taken for a decision. */
export const tokenType = 'payout-decision+jwt';

/** Signatures that count. Both need a private key that verifying does not: no shared secrets, and no RSA. */
export const tokenAlgorithms = ['EdDSA', 'ES256'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** How far the clocks of issuer and worker may differ. */
export const clockToleranceSeconds = 30;

/** A token for one decision needs minutes; nobody can configure more than this. */
export const longestLifetimeSeconds = 3600;

/** Key ids, as far as they may stand in timelines and logs. */
export const keyIdPattern = /^[\x21-\x7e]{1,128}$/;

/**
 * The header. Names that carry or fetch a key (`jwk`, `jku`, `x5u`, `x5c`) or change what is signed (`crit`, `b64`) are not
 * ignored but refused: an honest issuer has no use for them here.
 */
export const tokenHeaderSchema = z.looseObject({
  alg: z.enum(tokenAlgorithms),
  typ: z.literal(tokenType),
  kid: z.string().regex(keyIdPattern),
  jwk: z.undefined().optional(),
  jku: z.undefined().optional(),
  x5u: z.undefined().optional(),
  x5c: z.undefined().optional(),
  crit: z.undefined().optional(),
  b64: z.undefined().optional(),
});

/** Seconds since 1970; what is larger is no date of JavaScript's. */
const time = z.number().nonnegative().max(8_640_000_000_000);

/** What the claims of a decision have to be, apart from what the account's claim is called. */
export const tokenClaimsSchema = z.looseObject({
  iss: z.string(),
  iat: time,
  exp: time,
  payout: z.string(),
  digest: z.string(),
  decision: z.enum(['approve', 'reject']),
});
