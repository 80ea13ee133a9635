/** Where a text stops being JSON. */
export type JsonFault = { readonly line: number; readonly column: number; readonly atEnd: boolean };

type Expected =
  'value' | 'value or end of array' | 'name' | 'name or end of object' | 'colon' | 'comma or end';

const space = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids exactly these in a string
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const plain = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/**
 * Finds the first fault in a text that `JSON.parse` refuses: its own message has no position for short texts, and quotes what
 * stands there, which may be a secret in the wrong place. Undefined where none is found.
 */
export function findJsonFault(json: string): JsonFault | undefined {
  const open: ('object' | 'array')[] = [];
  let at = 0;
  let expected: Expected = 'value';
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(json);
    at += found?.[0].length ?? 0;
    return found !== null;
  };
  const takeSign = (sign: string): boolean => {
    const isThere = json[at] === sign;
    if (isThere) at += 1;
    return isThere;
  };
  for (;;) {
    take(space);
    const top = open.at(-1);
    const isDone = expected === 'comma or end' && top === undefined;
    if (isDone && at === json.length) return undefined;
    if (isDone) return placeOf(json, at);
    if (expected === 'colon') {
      if (!takeSign(':')) return placeOf(json, at);
      expected = 'value';
    } else if (expected === 'comma or end') {
      if (takeSign(',')) expected = top === 'object' ? 'name' : 'value';
      else if (takeSign(top === 'object' ? '}' : ']')) open.pop();
      else return placeOf(json, at);
    } else if (expected === 'name' || expected === 'name or end of object') {
      if (expected === 'name or end of object' && takeSign('}')) {
        open.pop();
        expected = 'comma or end';
      } else if (take(text)) expected = 'colon';
      else return placeOf(json, at);
    } else if (expected === 'value or end of array' && takeSign(']')) {
      open.pop();
      expected = 'comma or end';
    } else if (takeSign('{')) {
      open.push('object');
      expected = 'name or end of object';
    } else if (takeSign('[')) {
      open.push('array');
      expected = 'value or end of array';
    } else if (take(text) || take(plain)) expected = 'comma or end';
    else return placeOf(json, at);
  }
}

function placeOf(json: string, at: number): JsonFault {
  const before = json.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, atEnd: at >= json.length };
}
