/** The bearer token of `docs.pontisglobe.com/api-reference/login`: an HS256 JWT bound to one account and one mode. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { decodeBase64Url, sameText } from './envelope';
import type { PontisMode } from './pontis-options';

const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');

const claimsSchema = z.strictObject({
  sub: z.string(),
  mode: z.enum(['sandbox', 'live']),
  generation: z.number().int(),
  jti: z.string(),
  iat: z.number().int(),
  exp: z.number().int(),
});

/** What a token says: `sub` is the account, `generation` grows when all tokens are invalidated. */
export type TokenClaims = {
  readonly sub: string;
  readonly mode: PontisMode;
  readonly generation: number;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
};

/** Signs the claims (`docs.pontisglobe.com/api-reference/login`). */
export const issueToken = (claims: TokenClaims, key: Buffer): string => {
  const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
};

/** The claims of an authentic token, whatever its age; undefined for anything this provider did not issue. */
export const readToken = (token: string, key: Buffer): TokenClaims | undefined => {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header !== HEADER || payload === undefined || signature === undefined || rest.length > 0)
    return undefined;
  const expected = createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url');
  if (!sameText(signature, expected)) return undefined;
  const decoded = decodeBase64Url(payload);
  if (decoded === undefined) return undefined;
  const claims = claimsSchema.safeParse(JSON.parse(decoded.toString('utf8')));
  return claims.success ? claims.data : undefined;
};
