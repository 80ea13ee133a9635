/**
 * Words that say that a payout of ours may be there or under way. A refusal that has them is doubted, whatever its code and
 * its fields are. What is doubted without need costs a look-up and perhaps a person; what is believed without need costs the
 * payout a second time. Nothing else is concluded from texts that providers ask not to be read.
 */

const deed =
  '(accepted|booked|completed|created|debited|done|executed|found|handled|initiated|made|paid|posted|processed|processing|queued|received|recorded|registered|scheduled|sent|settled|submitted|transferred|used)';
const payout =
  '(batch|disbursement|idempotency key|money|order|payment|payout|reference|request|submission|transaction|transfer|withdrawal)s?';

const isThere: readonly RegExp[] = [
  /\b(already|duplicat\w*|exists?|existed|pending|queued|underway|under way|ongoing|conflict\w*|awaiting|in ?flight|enqueued)\b/i,
  /\bin (progress|process|flight|transit|the queue|a queue|use)\b/i,
  new RegExp(
    `\\b(being|been|still|currently|previously|earlier|before|under|once|just|now) (being )?${deed}\\b`,
    'i',
  ),
  new RegExp(`\\b${deed} (already|before|earlier|previously|twice)\\b`, 'i'),
  new RegExp(`\\b(${payout}|funds|it) (is|was|were|has|have) ((?!not\\b|never\\b)\\w+ )?${deed}\\b`, 'i'),
  new RegExp(
    `\\b(existing|earlier|first|last|previous|prior|another|outstanding|open|active|similar|identical|same|unfinished) (\\w+ )?${payout}\\b(?! (account|address|bank|channel|currency|destination|detail|method|option|provider|rail|route|type)s?\\b)`,
    'i',
  ),
  new RegExp(`\\b${payout} ${deed}\\b`, 'i'),
  new RegExp(`\\bwe (have |had )?${deed} (your|the|this|a) (\\w+ )?${payout}\\b`, 'i'),
  /\breus(e|ed|ing)\b|\b(is|been|reference|key|id) taken\b/i,
];

/** What does not exist is the beneficiary or the currency, and a pending balance is no payout. */
const isNotThere =
  /\b(do(es)?|did|could|can|may|will) ?not exist\b|\b(do(es)?|did)n['’]?t exist\b|\bnot exists?\b|\bno longer exists?\b|\bnon[ -]?exist(ent|ing)\b|\bno such (\w+ ){1,3}exists?\b|\bno (account|address|bank|beneficiary|currency|customer|number|pair|recipient|user|wallet) (\w+ ){0,3}exists?\b|\b(check|confirm|ensure|make sure|verify) (that |if |whether )?(\w+ ){1,4}exists?\b|\bpending (amounts?|balances?|funds)\b|\bpending:? ?\d/gi;

/** One of these texts, or the words of a code among them (`PENDING_WITHDRAWAL`, `alreadyPaid`), says so. */
export const saysItIsThere = (texts: readonly string[]): boolean =>
  texts.some((text) => {
    const words = inWords(text).replaceAll(isNotThere, ' ');
    return isThere.some((pattern) => pattern.test(words));
  });

const inWords = (text: string): string =>
  text.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[_\s-]+/g, ' ');

/** Every text of a reply, wherever it stands: a provider that shows no error body may put them anywhere. */
export function textsIn(reply: unknown): readonly string[] {
  const texts: string[] = [];
  const open: unknown[] = [reply];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null)
      for (const part of Object.values(value)) open.push(part);
  }
  return texts;
}
