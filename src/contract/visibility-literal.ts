/**
 * A string literal of Temporal's visibility queries. Nothing is escaped: the server's parser reads backslashes and quotes in
 * ways of its own (tried on 1.32), so a value is of these characters, as our ids are, or it is refused with a RangeError.
 */
export function visibilityLiteral(value: string): string {
  if (!/^[A-Za-z0-9._:/-]{1,128}$/.test(value)) throw new RangeError('no value for a visibility query');
  return `'${value}'`;
}
