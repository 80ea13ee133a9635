/** Login and bearer tokens of one account (`docs.pontisglobe.com/api-reference/login`, `/authentication`). */
import { createHmac } from 'node:crypto';
import type { CoreContext } from '../provider-core';
import { issueToken, readToken } from './access-token';
import { sameText } from './envelope';
import { uuidFrom } from './identifiers';
import type { PontisOptions } from './pontis-options';
import { Refusal } from './replies';

const DEFAULT_LIFETIME_SECONDS = 900;
const BEARER = /^Bearer ([A-Za-z0-9_.-]+)$/;

/** How a token that was invalidated before its time is refused; no page says which of the two. */
export type InvalidTokenCode = 'unauthorized' | 'jwt_expired';

/** Issues tokens and tells apart those that are valid, those that expired and those that are neither. */
export class AccountAccess {
  private generation = 0;
  private codeOfOlderTokens: InvalidTokenCode = 'unauthorized';
  private attempts: number[] = [];
  private readonly key: Buffer;

  constructor(
    private readonly options: PontisOptions,
    private readonly accountId: string,
    hmacKey: Buffer,
  ) {
    this.key = createHmac('sha256', hmacKey).update('access tokens').digest();
  }

  invalidateTokens(code: InvalidTokenCode): void {
    this.generation += 1;
    this.codeOfOlderTokens = code;
  }

  login(email: string, password: string, suspended: boolean, context: CoreContext): Record<string, unknown> {
    this.countAttempt(context.now);
    const { credentials } = this.options;
    const known = sameText(email, credentials.email) && sameText(password, credentials.password);
    if (!known || suspended) throw new Refusal('unauthorized', 'Wrong credentials or account suspended');
    const lifetime = this.options.tokenLifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
    const iat = Math.floor(context.now / 1000);
    const claims = {
      sub: this.accountId,
      mode: this.options.mode,
      generation: this.generation,
      jti: uuidFrom(context.random),
      iat,
      exp: iat + lifetime,
    };
    return { access_token: issueToken(claims, this.key), token_type: 'Bearer', expires_in: lifetime };
  }

  checkToken(authorization: string | undefined, now: number): void {
    const token = BEARER.exec(authorization ?? '')?.[1];
    const claims = token === undefined ? undefined : readToken(token, this.key);
    if (claims === undefined) throw new Refusal('unauthorized', 'Bearer token is missing or invalid');
    if (claims.sub !== this.accountId || claims.mode !== this.options.mode) {
      throw new Refusal('unauthorized', 'Bearer token belongs to another account or mode');
    }
    if (claims.generation !== this.generation) {
      throw new Refusal(this.codeOfOlderTokens, 'Bearer token was invalidated');
    }
    if (now >= claims.exp * 1000) throw new Refusal('jwt_expired', 'Bearer token has expired');
  }

  private countAttempt(now: number): void {
    const limit = this.options.loginLimit;
    if (limit === undefined) return;
    this.attempts = this.attempts.filter((at) => at > now - limit.windowMs);
    if (this.attempts.length >= limit.attempts) throw new Refusal('rate_limited', 'Too many login attempts');
    this.attempts.push(now);
  }
}
