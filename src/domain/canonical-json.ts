/**
 * RFC 8785 (JSON Canonicalization Scheme) for the values that cross Temporal: objects, arrays, strings, booleans, null
 * and safe integers. Floats cannot be written: no amount is a number here. Undefined members are left out.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError('canonical JSON holds integers only');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  // A Date, a Map or bytes would be written as `{}` or as an object, so that two different ones could share a digest.
  if (typeof value === 'object' && Object.prototype.toString.call(value) === '[object Object]') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      // RFC 8785 §3.2.3: sorted by UTF-16 code units, which is how JavaScript compares strings.
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
  }
  throw new TypeError(`no JSON value: ${typeof value}`);
}
