/**
 * Everything that can go wrong between an adapter and a provider, by name. Each class is drawn where it takes effect, and
 * counted by the world when it is.
 *
 * What is not here: the delivery of one request twice. TCP hands over each byte once, our sender never repeats, TLS early
 * data (which can be replayed) is not used by Node, and a proxy must not repeat a POST on its own (RFC 9110 §9.2.2). One
 * that does would make two requests with one key, which looks to a provider like a replay of ours, and a provider without
 * keys could not be protected from it by any caller.
 */
export const faultClasses = {
  // Before the first byte: certainly nothing happened.
  'connection-refused': 'nothing listens',
  'connect-timeout': 'no answer to the connection attempt',
  'tls-refused': 'the certificate or the handshake is refused',
  'network-partition': 'for seconds to minutes nothing gets through, in either direction',

  // On the way to the provider.
  'reset-while-writing': 'the connection is reset before the whole request arrived',
  'request-lost': 'the request never arrives, and nobody says so',
  'request-late': 'the connection is cut or falls silent, and the request arrives minutes or hours later',
  'latency-spike': 'the request takes seconds',

  // At the provider.
  'server-error-accepted': 'processed, and answered 5xx',
  'server-error-not-accepted': '5xx before anything was processed',
  'no-answer-accepted': 'processed, and never answered',
  'no-answer-not-accepted': 'not processed, and never answered',
  'commit-late': 'taken in, connection cut, processed minutes or hours later',
  'in-progress': 'answered 409, processed or not',
  'rate-limited': 'answered 429 without Retry-After',
  'rate-limited-retry-after': 'answered 429 with Retry-After',
  'token-expired': 'the bearer token is refused as expired',
  refused: 'a definite refusal in the provider’s own words',
  'refused-in-foreign-words': 'a filter’s 4xx page, though the request was processed',
  'balance-used-up': 'the balance suffices for this payout only, until it is topped up',
  'garbage-reply': 'bytes or a web page where JSON was expected',
  'oversized-reply': 'a reply above the limit',
  'reply-broken-off': 'JSON that stops in the middle, with or without the announced length',
  'not-found-for-a-while': 'a payout that exists is hidden from reads',

  // On the way back.
  'reply-lost': 'the reply never arrives, and nobody says so',
  'reply-cut': 'the connection is reset after the provider is done',
  'reply-delayed': 'the reply arrives after the caller gave up',

  // What the provider says later.
  'unknown-status': 'a word that nobody knows, between others',
  'regressing-status': 'a status steps back and forth',
  'paid-then-returned': 'paid, and days later the money came back',
  'ends-unpaid': 'accepted, and ended unpaid',
  'slow-status': 'hours without a final status',

  // Hints.
  'webhook-lost': 'never delivered',
  'webhook-late': 'delivered hours later, so that others overtake it',
  'webhook-repeated': 'delivered more than once',
} as const;

export type FaultClass = keyof typeof faultClasses;

/** The probability of each class where it can happen; a class that is left out is switched off. */
export type FaultRates = Partial<Readonly<Record<FaultClass, number>>>;

/** Rates to start from: about every second payout meets something. */
export const badDay: Readonly<Record<FaultClass, number>> = {
  'connection-refused': 0.03,
  'connect-timeout': 0.02,
  'tls-refused': 0.01,
  'network-partition': 0.01,
  'reset-while-writing': 0.04,
  'request-lost': 0.05,
  'request-late': 0.05,
  'latency-spike': 0.05,
  'server-error-accepted': 0.06,
  'server-error-not-accepted': 0.05,
  'no-answer-accepted': 0.05,
  'no-answer-not-accepted': 0.03,
  'commit-late': 0.05,
  'in-progress': 0.04,
  'rate-limited': 0.03,
  'rate-limited-retry-after': 0.03,
  'token-expired': 0.03,
  refused: 0.03,
  'refused-in-foreign-words': 0.03,
  'balance-used-up': 0.03,
  'garbage-reply': 0.04,
  'oversized-reply': 0.02,
  'reply-broken-off': 0.04,
  'not-found-for-a-while': 0.05,
  'reply-lost': 0.06,
  'reply-cut': 0.06,
  'reply-delayed': 0.05,
  'unknown-status': 0.05,
  'regressing-status': 0.05,
  'paid-then-returned': 0.03,
  'ends-unpaid': 0.05,
  'slow-status': 0.03,
  'webhook-lost': 0.2,
  'webhook-late': 0.1,
  'webhook-repeated': 0.1,
};
