import type { Installation } from '../../src/activities/installation';

/** No issuer, and no proof asked for. `test/support/decision-tokens.ts` has an issuer whose proofs count. */
export const noProofs: Installation['proofs'] = {
  required: false,
  verify: async () => ({ ok: false, code: 'proof_invalid', note: 'there is no issuer' }),
};
