import type { ProvenDecision } from '../../src/domain/decision-proof';
import { createTestIssuer } from '../support/decision-tokens';

const about: ProvenDecision = { payout: 'payout/acme/r-1', digest: 'd', decision: 'approve' };

test('the issuer of other tests proves decisions, by one clock, and can be away', async () => {
  let now = Date.parse('2026-11-21T12:00:00Z');
  let away = false;
  const issuer = await createTestIssuer(() => now);
  const { required, verify } = issuer.proofs({ away: () => away });
  expect(required).toBe(true);
  const token = await issuer.token({ ...about, account: 'alice' });
  await expect(verify(token, about)).resolves.toMatchObject({ ok: true, account: 'alice' });
  away = true;
  await expect(verify(token, about)).resolves.toMatchObject({ code: 'proof_unavailable' });
  away = false;
  now += 10 * 60_000;
  await expect(verify(token, about)).resolves.toMatchObject({ code: 'proof_expired' });
  const other = await issuer.token({ ...about, account: 'alice', decision: 'reject' });
  await expect(verify(other, about)).resolves.toMatchObject({ code: 'proof_mismatch' });
});
