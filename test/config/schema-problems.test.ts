import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { formatConfigurationProblem } from '../../src/config/configuration-problem';
import { findJsonFault } from '../../src/config/json-fault';
import { readJsonFile } from '../../src/config/read-json-file';
import { parseExample } from './example-configuration';
import type { Change } from './example-configuration';
import { holds } from '../support/property';

const problems = (...changes: readonly Change[]): readonly string[] => {
  const result = parseExample(...changes);
  return result.ok ? [] : result.problems.map(formatConfigurationProblem);
};

describe('a problem is said in our words', () => {
  test.each([
    ['mode', undefined, 'mode: is missing'],
    ['mode', 'production', 'mode: must be one of "sandbox", "live"'],
    [
      'log',
      { level: 'warning' },
      'log.level: must be one of "debug", "info", "warn", "error"; did you mean warn?',
    ],
    ['routes', [], 'routes: must not be empty'],
    ['installation', undefined, 'installation: is missing'],
    ['installation', 5, 'installation: must be a string'],
    ['temporal', [], 'temporal: must be an object'],
    ['temporal', { taskQueue: '' }, 'temporal.taskQueue: must not be empty'],
    ['temporal', { taskQueue: 'x'.repeat(201) }, 'temporal.taskQueue: must have at most 200 characters'],
    ['routes', 'all', 'routes: must be an array'],
    ['holds', { recheckMs: 10 }, 'holds.recheckMs: must be at least 1000'],
    ['holds', { recheckMs: 1e9 }, 'holds.recheckMs: must be at most 86400000'],
    ['holds', { recheckMs: 1000.5 }, 'holds.recheckMs: must be a whole number'],
    ['holds', { recheckMs: '1000' }, 'holds.recheckMs: must be a number'],
    ['screening.testList', 'yes', 'screening.testList: must be true or false'],
    ['schema', 0, 'schema: must be 1'],
  ])('%s = %j: %s', (path, value, expected) => expect(problems([path, value])).toEqual([expected]));

  test.each([
    ['worker.maxCachedWorkflow', 'maxCachedWorkflows'],
    ['holds.recheck', 'recheckMs'],
    ['aproval_', undefined],
    ['colour', undefined],
  ])('a key that is not known: %s', (path, meant) => {
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    expect(problems([path, 500])[0]).toMatch(
      path === 'aproval_'
        ? /^aproval_: is not a known key; did you mean approvals?\?$/
        : `${path}: is not a known key${hint}`,
    );
  });

  test('a route and a provider that are misspelt', () => {
    expect(problems(['routes', [{ account: 'pontis-mian' }]])).toContain(
      'routes[0].account: names no account of this file: pontis-mian; did you mean pontis-main?',
    );
  });
});

describe('a text that is no JSON', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'payouts-json-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const problemOf = (text: string): string | undefined => {
    const file = join(folder, 'file.json');
    writeFileSync(file, text);
    const read = readJsonFile(file);
    return read.ok ? undefined : read.problem;
  };

  test.each([
    ['', 'is empty'],
    [' \n', 'is empty'],
    ['{"a":}', 'is not valid JSON (line 1, column 6)'],
    ['{\n  "a": 1,\n}', 'is not valid JSON (line 3, column 1)'],
    ['{"a": 1,\n "b": [1, 2,]}', 'is not valid JSON (line 2, column 13)'],
    ['{"a": 1', 'is not valid JSON (line 1, column 8: it ends too early)'],
    ['{"a": 1}\n}', 'is not valid JSON (line 2, column 1)'],
    ['{"a" 1}', 'is not valid JSON (line 1, column 6)'],
    ["{'a': 1}", 'is not valid JSON (line 1, column 2)'],
    ['{"a": 01}', 'is not valid JSON (line 1, column 7)'],
    ['{"a": "never ends}', 'is not valid JSON (line 1, column 7)'],
    ['// a comment\n{}', 'is not valid JSON (line 1, column 1)'],
    ['{"a": True}', 'is not valid JSON (line 1, column 7)'],
  ])('%j %s', (text, expected) => expect(problemOf(text)).toBe(expected));

  test('has a fault exactly where JSON.parse refuses it', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0.5',
      'true',
      'nul',
      ' ',
      '\n',
      '\\u00e9',
    );
    const anything = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.json().chain((json) => fc.nat(json.length).map((at) => json.slice(0, at) + json.slice(at + 1))),
      fc.json(),
    );
    holds([anything], (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect(findJsonFault(text) === undefined).toBe(isJson);
    });
  });
});
