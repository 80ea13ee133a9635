import type { ProviderFailure } from '../domain/provider-failure';
import type { CredentialsReply, ProviderPorts } from './provider';

type Asked = { readonly ok: true } | { readonly ok: false; readonly failure: ProviderFailure };

/**
 * "There is no such payout" is said to those whose credentials were looked at. A payout that there cannot be is no answer of the
 * provider's; every other failure says nothing good of the credentials.
 */
export function credentialsReply(asked: Asked): CredentialsReply {
  if (asked.ok) return { kind: 'failed', failure: { effect: 'none', code: 'unreadable_reply' } };
  return asked.failure.code === 'not_found'
    ? { kind: 'accepted' }
    : { kind: 'failed', failure: asked.failure };
}

/** The digest of a payout that there is not: 64 hex digits that no attempt key has. */
export const digestOfNone = ({ randomBytes }: Pick<ProviderPorts, 'randomBytes'>): string =>
  Buffer.from(randomBytes(32)).toString('hex');
