import type { FolderRule } from './import-table';
import { importTable, importTableAsMarkdown } from './import-table';
import { section, tableRows } from './markdown';
import { readJson, readText, sourceFiles } from './repository';
import { importsOf, targetOf } from './source-imports';
import { parseSource, parseText } from './syntax-tree';

const rules = new Map(importTable.map((rule) => [rule.folder, rule]));
const folderOf = (file: string): string => file.split('/')[1] ?? '';

/** Everything that a file imports against the table, as sentences. */
function offences(file: string, text?: string): readonly string[] {
  const rule = rules.get(folderOf(file));
  if (!rule || file.split('/').length < 3) return [`${file} is in no folder of the table`];
  return importsOf(text === undefined ? parseSource(file) : parseText(text)).flatMap(
    ({ specifier, typeOnly }) => {
      if (specifier === undefined) {
        return rule.loads === 'anything' ? [] : [`${file} imports something computed at run time`];
      }
      return isAllowed(rule, file, specifier, typeOnly) ? [] : [`${file} may not import ${specifier}`];
    },
  );
}

function isAllowed(rule: FolderRule, file: string, specifier: string, typeOnly: boolean): boolean {
  const target = targetOf(file, specifier);
  if (target.kind === 'outside') return false;
  if (target.kind === 'package') return rule.packages === 'anything' || rule.packages.includes(target.name);
  if (target.folder === rule.folder) return true;
  if (!rules.has(target.folder)) return false;
  const within = (names: readonly string[]): boolean =>
    names.some((name) => target.path === name || target.path.startsWith(`${name}/`));
  return rule.loads === 'anything' || within(rule.loads) || (typeOnly && within(rule.types));
}

test('every file imports only what the table allows', () => {
  expect(sourceFiles.length).toBeGreaterThan(50);
  expect(sourceFiles.flatMap((file) => offences(file))).toEqual([]);
});

test('ARCHITECTURE.md shows this table', () => {
  const shown = tableRows(section(readText('ARCHITECTURE.md'), 'Who may import whom'));
  expect(shown).toEqual(tableRows(importTableAsMarkdown()));
});

test('the table names only folders that are there', () => {
  const there = new Set(sourceFiles.map(folderOf));
  expect(importTable.map(({ folder }) => folder).filter((folder) => !there.has(folder))).toEqual([]);
});

test('the table names only folders that it has rules for', () => {
  const named = importTable.flatMap(({ loads, types }) => [...(loads === 'anything' ? [] : loads), ...types]);
  expect(named.filter((name) => !rules.has(name.split('/')[0] ?? ''))).toEqual([]);
  expect(rules.size).toBe(importTable.length);
});

test('no two folders load each other', () => {
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    const loads = rules.get(from)?.loads;
    if (loads === undefined || loads === 'anything' || seen.has(from)) return false;
    seen.add(from);
    return loads.some((next) => next === to || reaches(next, to, seen));
  };
  expect(importTable.filter(({ folder }) => reaches(folder, folder)).map(({ folder }) => folder)).toEqual([]);
});

test('what is loaded at run time is a dependency; only types come from development dependencies', () => {
  const { dependencies } = readJson('package.json') as { dependencies: Record<string, string> };
  const missing = sourceFiles.flatMap((file) =>
    importsOf(parseSource(file)).flatMap(({ specifier, typeOnly }) => {
      if (specifier === undefined || typeOnly) return [];
      const target = targetOf(file, specifier);
      if (target.kind !== 'package' || target.name === 'node:') return [];
      return Object.hasOwn(dependencies, target.name) ? [] : [`${file}: ${target.name}`];
    }),
  );
  expect(missing).toEqual([]);
});

describe('the test itself sees every way to import', () => {
  test.each([
    [`import { x } from '../activities/x';`, 1],
    [`import type { x } from '../activities/x';`, 1],
    [`import '../http/sender';`, 1],
    [`export * from '../http/sender';`, 1],
    [`export { x } from '../http/sender';`, 1],
    [`export type { x } from '../http/sender';`, 1],
    [`const x = import('../http/sender');`, 1],
    ['const x = import(`../http/sender`);', 1],
    [`const x = () => require('../http/sender');`, 1],
    [`const x = require.resolve('zod');`, 1],
    [`import x = require('zod');`, 1],
    [`let x: import('zod').ZodType;`, 1],
    [`const name = 'zod'; void import(name);`, 1],
    [`import { x } from 'node:fs';`, 1],
    [`import { x } from 'fs';`, 1],
    [`import { x } from '../../package.json';`, 1],
    [`import { x } from '../../test/support/property';`, 1],
    [`import { x } from '/etc/passwd';`, 1],
    [`import { x } from 'decimal.js';`, 0],
    [`import { x } from 'decimal.js/decimal.mjs';`, 0],
    [`import { x } from './money';`, 0],
    [`// import { x } from 'zod';`, 0],
    [`const x = "import y from 'zod'";`, 0],
  ])('%s', (text, found) => expect(offences('src/domain/example.ts', text)).toHaveLength(found));

  test.each([
    ['src/workflows/x.ts', `import type { A } from '../activities/payout-activities';`, 0],
    ['src/workflows/x.ts', `import { A } from '../activities/payout-activities';`, 1],
    ['src/workflows/x.ts', `import { type A } from '../activities/payout-activities';`, 1],
    ['src/workflows/x.ts', `import type { A } from '../activities/create-activities';`, 1],
    ['src/workflows/x.ts', `import { A } from '@temporalio/activity';`, 1],
    ['src/workflows/x.ts', `import { A } from '@temporalio/workflow';`, 0],
    ['src/activities/x.ts', `import type { A } from '../http/sender';`, 1],
    ['src/simulators/pontis/x.ts', `import { A } from '../simulator';`, 0],
    ['src/simulators/pontis/x.ts', `import { A } from '../../providers/pontis/envelope';`, 1],
    ['src/dev/x.ts', `import { A } from '../anything/else';`, 1],
    ['src/elsewhere/x.ts', ``, 1],
    ['src/x.ts', ``, 1],
  ])('%s: %s', (file, text, found) => expect(offences(file, text)).toHaveLength(found));
});
