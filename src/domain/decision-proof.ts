/** What a signed token has to say about a decision, each exactly. */
export type ProvenDecision = {
  /** The workflow id, `payout/TENANT/REFERENCE`. */
  readonly payout: string;
  readonly digest: string;
  readonly decision: 'approve' | 'reject';
};

/** Why a token proves nothing. `proof_unavailable` says nothing about the token: its issuer's keys cannot be had now. */
export const proofFailureCodes = [
  'proof_invalid',
  'proof_expired',
  'proof_mismatch',
  'proof_unavailable',
] as const;
export type ProofFailureCode = (typeof proofFailureCodes)[number];

/** Who a token proves to have decided, and who says so; or why it proves nothing. */
export type ProofResult =
  | {
      readonly ok: true;
      /** An account of the person, as the issuer names it. */
      readonly account: string;
      readonly issuer: string;
      readonly keyId: string;
      /** Unix milliseconds, as are all times here. */
      readonly issuedAt: number;
      readonly expiresAt: number;
    }
  | {
      readonly ok: false;
      readonly code: ProofFailureCode;
      /** A sentence about what is wrong, without any part of the token. */
      readonly note: string;
    };

/** Whether a token proves this decision. Never rejects. */
export type VerifyProof = (token: string, expected: ProvenDecision) => Promise<ProofResult>;

/** Of a token, in characters. */
export const longestProof = 4096;

/** Whether a text could be a token at all: short enough, and of the characters that tokens are made of. */
export const isProofText = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= longestProof && /^[A-Za-z0-9._-]+$/.test(text);
