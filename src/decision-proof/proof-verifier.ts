import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { ProofFailureCode, ProofResult, ProvenDecision, VerifyProof } from '../domain/decision-proof';
import { isSameReference } from '../domain/reference';
import { isProofText } from '../domain/decision-proof';
import type { Sender } from '../http/sender';
import {
  clockToleranceSeconds,
  longestLifetimeSeconds,
  tokenClaimsSchema,
  tokenHeaderSchema,
  tokenType,
} from './decision-token';
import { createFileKeys, createUrlKeys } from './issuer-keys';
import type { IssuerKeys } from './issuer-keys';

/** Somebody whose word counts about who decides. */
export type ProofIssuer = {
  /** Where its public keys are. */
  readonly jwks: { readonly file?: string | undefined; readonly url?: string | undefined };
  /** The claim that names the person's account; default `sub`. */
  readonly subjectClaim?: string;
};

export type ProofVerifierDeps = {
  /** The installation, as tokens name it: a token for another one is refused. */
  readonly audience: string;
  /** From `iat` to `exp`; at most 3600. */
  readonly maxLifetimeSeconds: number;
  /** By their `iss`. */
  readonly issuers: Readonly<Record<string, ProofIssuer>>;
  readonly send: Sender;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told once when an issuer's keys cannot be used, and once when they can again. */
  readonly log?: (event: string, fields: Readonly<Record<string, string>>) => void;
};

/** What is wrong with the keys of an issuer. */
export type IssuerProblem = {
  readonly issuer: string;
  readonly where: 'file' | 'url';
  readonly message: string;
};

export type ProofVerifier = {
  readonly verify: VerifyProof;
  /** Of the key files, as they are now. Asks nobody. */
  readonly fileProblems: () => readonly IssuerProblem[];
  /** Of every issuer; asks those that have an address. */
  readonly problems: () => Promise<readonly IssuerProblem[]>;
};

/**
 * Verifies decision tokens. The order is: shape, header, who issued it, which of that issuer's own keys signed it, claims, and
 * last whether it says what is being decided. Nothing that the token says about keys is believed, and the key's kind says
 * which algorithm it must be. A token can be verified any number of times: it only ever means the same decision.
 */
export function createProofVerifier(deps: ProofVerifierDeps): ProofVerifier {
  const { audience, send, now, log = () => undefined } = deps;
  const maxLifetimeSeconds = Math.min(deps.maxLifetimeSeconds, longestLifetimeSeconds);
  const issuers = new Map(
    Object.entries(deps.issuers).map(([name, issuer]) => [name, withKeys(name, issuer, send, now)]),
  );
  const complained = new Map<string, string>();

  const complain = (issuer: string, problem: string | undefined): void => {
    if (complained.get(issuer) === problem) return;
    if (problem === undefined) {
      complained.delete(issuer);
      log('decision keys can be used again', { id: issuer });
    } else {
      complained.set(issuer, problem);
      log('decision keys cannot be used', { id: issuer, problem });
    }
  };

  async function examine(token: string, expected: ProvenDecision): Promise<ProofResult> {
    if (!isProofText(token) || !isCanonical(token)) throw new NoProof('proof_invalid', notes.shape);
    const unverified = decode(token);
    const header = tokenHeaderSchema.safeParse(unverified.header);
    if (!header.success) throw new NoProof('proof_invalid', headerNote(header.error.issues[0]?.path[0]));
    const { kid, alg } = header.data;
    // Not believed yet: it only says whose keys to try, and the signature covers it.
    const { iss = '' } = unverified.claims;
    const issuer = issuers.get(iss);
    if (issuer === undefined) throw new NoProof('proof_invalid', notes.issuer);
    const found = await issuer.keys.find(kid);
    complain(iss, found.kind === 'unavailable' ? found.problem : undefined);
    if (found.kind === 'unavailable') {
      throw new NoProof('proof_unavailable', `the key set of the issuer ${found.problem}`);
    }
    if (found.kind === 'unknown' || found.algorithm !== alg) throw new NoProof('proof_invalid', notes.key);

    const at = now();
    const { payload } = await jwtVerify(token, found.key, {
      algorithms: [found.algorithm],
      typ: tokenType,
      issuer: iss,
      audience,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(at),
    });
    const claims = tokenClaimsSchema.safeParse(payload);
    if (!claims.success) throw new NoProof('proof_invalid', claimNote(claims.error.issues[0]?.path[0]));
    const { iat, exp, payout, digest, decision } = claims.data;
    if (iat > at / 1000 + clockToleranceSeconds) throw new NoProof('proof_invalid', notes.tooEarly);
    if (exp <= iat || exp - iat > maxLifetimeSeconds) {
      throw new NoProof('proof_invalid', `its lifetime is not between 1 and ${maxLifetimeSeconds} seconds`);
    }
    const account = Object.hasOwn(payload, issuer.subjectClaim) ? payload[issuer.subjectClaim] : undefined;
    if (!isAccount(account)) throw new NoProof('proof_invalid', notes.account);
    for (const [name, is] of Object.entries({
      // A workflow id names its payout in whichever case: references that differ only by case are one.
      payout: isSameReference(payout, expected.payout),
      digest: digest === expected.digest,
      decision: decision === expected.decision,
    })) {
      if (!is) throw new NoProof('proof_mismatch', `it is about another ${name}`);
    }
    return {
      ok: true,
      account,
      issuer: iss,
      keyId: kid,
      issuedAt: Math.floor(iat * 1000),
      expiresAt: Math.floor(exp * 1000),
    };
  }

  return {
    async verify(token, expected) {
      try {
        return await examine(token, expected);
      } catch (error) {
        return { ok: false, ...failureOf(error) };
      }
    },
    fileProblems: () =>
      [...issuers].flatMap(([issuer, { keys }]): IssuerProblem[] => {
        const set = 'read' in keys ? keys.read() : undefined;
        return set?.ok === false ? [{ issuer, where: 'file', message: set.problem }] : [];
      }),
    problems: async () => {
      const problems = await Promise.all(
        [...issuers].map(async ([issuer, { keys }]): Promise<readonly IssuerProblem[]> => {
          const message = await keys.problem();
          return message === undefined ? [] : [{ issuer, where: 'read' in keys ? 'file' : 'url', message }];
        }),
      );
      return problems.flat();
    },
  };
}

type IssuerWithKeys = {
  readonly keys: IssuerKeys | ReturnType<typeof createFileKeys>;
  readonly subjectClaim: string;
};

function withKeys(
  name: string,
  { jwks: { file, url }, subjectClaim = 'sub' }: ProofIssuer,
  send: Sender,
  now: () => number,
): IssuerWithKeys {
  if (file !== undefined) return { keys: createFileKeys(file), subjectClaim };
  if (url !== undefined) return { keys: createUrlKeys({ url, send, now }), subjectClaim };
  throw new TypeError(`issuer ${name} has neither a file nor a URL of keys`);
}

class NoProof extends Error {
  override readonly name = 'NoProof';
  constructor(
    readonly code: ProofFailureCode,
    readonly note: string,
  ) {
    super(code);
  }
}

const notes = {
  shape: 'it is no signed token in compact form',
  issuer: 'its issuer is none of this installation',
  key: 'its issuer has no such key for this algorithm',
  tooEarly: 'it was issued in the future, by this machine’s clock',
  account: 'it names no account in the issuer’s subject claim',
} as const;

const headerNote = (name: PropertyKey | undefined): string =>
  name === 'alg'
    ? 'its algorithm is neither EdDSA nor ES256'
    : name === 'typ'
      ? `its type is not ${tokenType}`
      : name === 'kid'
        ? 'it names no key'
        : 'its header holds what a decision token must not have';

const ownClaims: ReadonlySet<unknown> = new Set([
  'iss',
  'aud',
  'iat',
  'exp',
  'nbf',
  'payout',
  'digest',
  'decision',
]);
const claimNote = (name: unknown): string =>
  ownClaims.has(name)
    ? `its claim ${String(name)} is missing, or not what it must be`
    : 'its claims are not those of a decision';

/** The library's messages and causes may hold claims: only which kind of error it was goes on. */
function failureOf(error: unknown): { readonly code: ProofFailureCode; readonly note: string } {
  if (error instanceof NoProof) return { code: error.code, note: error.note };
  if (error instanceof errors.JWTExpired) {
    return { code: 'proof_expired', note: 'it has expired: ask for a new one' };
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return { code: 'proof_invalid', note: claimNote(error.claim) };
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return { code: 'proof_invalid', note: 'its signature is not that of the key it names' };
  }
  if (error instanceof errors.JOSEError) return { code: 'proof_invalid', note: notes.shape };
  return { code: 'proof_unavailable', note: 'it could not be verified because of an error in this program' };
}

function decode(token: string): { readonly header: unknown; readonly claims: JWTPayload } {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    throw new NoProof('proof_invalid', notes.shape);
  }
}

/**
 * Three parts, each in the one spelling that its bytes have. Base64 readers forgive spare bits and stray characters, so that
 * one signature could be written in several ways.
 */
function isCanonical(token: string): boolean {
  const parts = token.split('.');
  return (
    parts.length === 3 &&
    parts.every((part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part)
  );
}

/** What may stand in a timeline: one line of visible text. */
const isAccount = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= 128 &&
  value.trim() !== '' &&
  !/\p{C}|\p{Zl}|\p{Zp}/u.test(value);
