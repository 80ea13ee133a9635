import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { canonicalJson } from '../../src/domain/canonical-json';
import { holds } from '../support/property';
import { turned } from '../support/turned';

/** JSON values as they cross Temporal here: numbers are safe integers. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('json'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

test('reads back as the same value', () => {
  holds([json], (value) => expect(JSON.parse(canonicalJson(value))).toEqual(value));
});

test('the order in which members were written does not matter', () => {
  holds([json], (value) => expect(canonicalJson(turned(value))).toBe(canonicalJson(value)));
});

test('different values have different texts', () => {
  holds([json, json], (left, right) => {
    expect(canonicalJson(left) === canonicalJson(right)).toBe(isDeepStrictEqual(left, right));
  });
});

describe('RFC 8785', () => {
  test('§3.2.2: the strings and literals of its sample', () => {
    expect(
      canonicalJson({
        string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
        literals: [null, true, false],
      }),
    ).toBe('{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  });

  test('§3.2.3: members are sorted by UTF-16 code units, not by code points', () => {
    const sample = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = [...canonicalJson(sample).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  test('§3.2.2.3: integers, negative zero, and no floats', () => {
    expect(canonicalJson([0, -0, 1, -1, 9007199254740991, -9007199254740991])).toBe(
      '[0,0,1,-1,9007199254740991,-9007199254740991]',
    );
  });

  test('no white space, and escapes as short as JSON allows', () => {
    expect(canonicalJson({ b: [1, { a: '\b\t\n\f\r\u0001\u007f/' }], a: {} })).toBe(
      '{"a":{},"b":[1,{"a":"\\b\\t\\n\\f\\r\\u0001\u007f/"}]}',
    );
  });
});

test('members that are undefined are left out; numeric names are strings', () => {
  expect(canonicalJson({ z: undefined, 10: 'ten', 9: 'nine' })).toBe('{"10":"ten","9":"nine"}');
});

test.each([
  ['a float', 0.5],
  ['an unsafe integer', 2 ** 53],
  ['not a number', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a bigint', 1n],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['undefined', undefined],
  ['a hole in a list', [undefined]],
  ['a sparse list', Array<number>(2)],
  ['a float deep inside', { a: [{ b: 1.5 }] }],
  // These would all be written as {}: two different ones would share a digest.
  ['a Date', new Date(0)],
  ['a Map', new Map([['a', 1]])],
  ['a Set', new Set([1])],
  ['bytes', new Uint8Array([1])],
])('refuses %s', (_what, value) => expect(() => canonicalJson(value)).toThrow(TypeError));
