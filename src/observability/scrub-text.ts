/**
 * The last line of defence for free text that goes into a log: whatever looks like an account, card or phone number, a
 * credential or an address is replaced. It cannot know names; nothing that may hold one is logged as text at all
 * (`redact-fields.ts`).
 */
export function scrubText(text: string): string {
  let scrubbed = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  for (const [pattern, replacement] of patterns) scrubbed = scrubbed.replace(pattern, replacement);
  return scrubbed.replace(longDigits, (match) => (harmlessOnly.test(match) ? match : '[digits]'));
}

const maxLength = 1000;

/** UUIDs, hexadecimal digests and times are long runs of digits that people need to read. */
const harmless =
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?=\d*[a-f])[0-9a-f]{32,64}\b|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?/
    .source;

const patterns: readonly (readonly [RegExp, string])[] = [
  // What stands in a URL beside host and path may be a secret, and is never needed.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@?#]*@/gi, '$1[credentials]@'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s?#"']*)[?#][^\s"']*/gi, '$1?[query]'],
  [/\b(bearer|basic|token|apikey|api-key)(\s+|\s*[:=]\s*)[^\s"',;]+/gi, '$1$2[secret]'],
  [/\b(password|passwd|secret|authorization)(\s*[:=]\s*)("[^"]*"|[^\s,;]+)/gi, '$1$2[secret]'],
  [/\b(sk|pk|rk|whsec)_[A-Za-z0-9_]{6,}/g, '[secret]'],
  [/\beyJ[\w-]{5,}\.[\w-]+(\.[\w-]*)?/g, '[secret]'],
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '[secret]'],
  [/[^\s@<>"'(),:;]+@[^\s@<>"'(),:;]+\.[^\s@<>"'(),:;]+/gu, '[email]'],
  // IBAN, also in groups of four.
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g, '[account]'],
  // 32 bytes and more in base64 or base64url. Attempt keys and digests are hexadecimal and stay.
  [/(?<![\w/+-])(?=[\w+-]*[G-Zg-z])[\w+-]{40,}={0,2}/g, '[secret]'],
];

const harmlessOnly = new RegExp(`^(?:${harmless})$`);
/** Eight digits and more, in any script, also in groups. */
const longDigits = new RegExp(`${harmless}|\\+?\\p{Nd}(?:[ .-]?\\p{Nd}){7,}`, 'gu');
