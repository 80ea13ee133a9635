import type { ProviderFailureCode, Remedy } from '../../src/domain/provider-failure';
import { providerFailureCodes, quoteRemedyFor, remedyFor } from '../../src/domain/provider-failure';

const remedies: Readonly<Record<Remedy, readonly ProviderFailureCode[]>> = {
  'end-refused': ['ended_in_another_run', 'refused', 'invalid_request', 'payout_limit', 'pair_unsupported'],
  'end-screening': ['screening_refused'],
  'send-again': ['rate_limited', 'not_reachable', 'token_expired', 'clock_refused', 'not_sent'],
  'enter-again': ['attempt_unregistered'],
  'quote-again': ['rate_moved', 'quote_expired'],
  'hold-funds': ['insufficient_funds', 'daily_limit', 'monthly_limit'],
  'hold-person': [
    'credentials_refused',
    'account_suspended',
    'account_paused',
    'misconfigured',
    'account_changed',
    'register_unavailable',
    'attempt_conflict',
    'refusal_unclear',
    'not_found',
  ],
  resolve: [
    'in_progress',
    'conflict',
    'timeout',
    'connection_lost',
    'server_error',
    'unreadable_reply',
    'interrupted',
    'run_reset',
    'reset_conflict',
    'attempt_lost',
  ],
};
const expected = Object.entries(remedies).flatMap(([remedy, codes]) =>
  codes.map((code) => [code, remedy] as const),
);

test('every code has exactly one remedy', () => {
  expect(expected.map(([code]) => code).sort()).toEqual([...providerFailureCodes].sort());
  expect(new Set(providerFailureCodes).size).toBe(providerFailureCodes.length);
});

test.each(expected)('%s without effect: %s', (code, remedy) =>
  expect(remedyFor({ effect: 'none', code })).toBe(remedy),
);

test.each(providerFailureCodes)('%s with an unknown effect is resolved, whatever it says', (code) =>
  expect(remedyFor({ effect: 'unknown', code })).toBe('resolve'),
);

const quoteRemedies: Readonly<Record<string, string>> = {
  'end-refused': 'end-refused',
  'end-screening': 'end-screening',
  'send-again': 'ask-again',
  'enter-again': 'ask-again',
  'quote-again': 'ask-again',
  'hold-funds': 'hold-funds',
  'hold-person': 'hold-person',
  resolve: 'ask-again',
};
test.each(expected)(
  '%s of a quote: nothing is found out, whatever its effect is said to be',
  (code, remedy) => {
    for (const effect of ['none', 'unknown'] as const)
      expect(quoteRemedyFor({ effect, code })).toBe(quoteRemedies[remedy]);
  },
);
