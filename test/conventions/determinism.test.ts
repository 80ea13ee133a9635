import { readText, sourceFiles } from './repository';
import type { SyntaxNode } from './syntax-tree';
import {
  bodyOf,
  identifierName,
  literalText,
  memberName,
  nodesOf,
  parseSource,
  parseText,
} from './syntax-tree';

/**
 * Workflow code is replayed on other machines, years later: whatever depends on the machine, its locale or its time
 * zone, or on what ran before in the same process, breaks replay or lets two runs meet.
 */
const sandboxed = sourceFiles.filter((file) => /^src\/(workflows|contract|domain)\//.test(file));

const globals = new Set([
  ...'Intl Temporal process Buffer require setImmediate clearImmediate queueMicrotask fetch crypto performance'.split(
    ' ',
  ),
  ...'WeakRef FinalizationRegistry SharedArrayBuffer Atomics eval Function globalThis setTimeout setInterval console'.split(
    ' ',
  ),
]);

/** Methods whose answer depends on locale, time zone or the local calendar. */
const localMethods =
  /^(toLocale\w+|localeCompare|getTimezoneOffset|to(Date|Time)String|[gs]et(FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds|Year))$/;

const mutableCollections = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array']);

function offences(tree: SyntaxNode): readonly string[] {
  const found: string[] = [];
  for (const statement of bodyOf(tree)) {
    const declaration = (statement['declaration'] as SyntaxNode | undefined) ?? statement;
    if (declaration.type !== 'VariableDeclaration') continue;
    if (declaration['kind'] !== 'const') found.push(`module-level ${declaration['kind'] as string}`);
    for (const declarator of declaration['declarations'] as readonly SyntaxNode[]) {
      const made = declarator['init'] as SyntaxNode | null;
      const isCollection =
        made?.type === 'NewExpression' && mutableCollections.has(identifierName(made['callee']) ?? '');
      if (isCollection && !isReadonly(declarator['id'] as SyntaxNode))
        found.push('module-level mutable collection');
    }
  }
  for (const node of nodesOf(tree)) {
    if (node.type === 'CallExpression' || node.type === 'MemberExpression' || node.type === 'NewExpression') {
      const used = identifierName(node['object'] ?? node['callee']);
      if (used !== undefined && globals.has(used)) found.push(used);
    }
    if (node.type === 'MemberExpression' && localMethods.test(memberName(node) ?? '')) {
      found.push(memberName(node) ?? '');
    }
    // `new Date()` is the workflow's clock, but `new Date(y, m, …)` and parsing most texts go by the local zone.
    if (node.type === 'NewExpression' && identifierName(node['callee']) === 'Date') {
      const given = (node['arguments'] as readonly { readonly expression: SyntaxNode }[] | undefined) ?? [];
      if (given.length > 1 || literalText(given[0]?.expression) !== undefined)
        found.push('new Date by local time');
    }
  }
  return found;
}

/** A declared type that begins with Readonly…: nothing can be written through it. */
function isReadonly(name: SyntaxNode): boolean {
  const annotation = (name['typeAnnotation'] as SyntaxNode | null)?.['typeAnnotation'] as
    SyntaxNode | undefined;
  return identifierName(annotation?.['typeName'])?.startsWith('Readonly') ?? false;
}

test('workflow, contract and domain code is the same on every machine and every replay', () => {
  expect(sandboxed.length).toBeGreaterThan(30);
  expect(sandboxed.flatMap((file) => offences(parseSource(file)).map((what) => `${file}: ${what}`))).toEqual(
    [],
  );
});

test.each([
  'new Intl.NumberFormat();',
  'Temporal.Now.instant();',
  'new Date().toLocaleString();',
  `new Date()['toLocaleDateString']();`,
  `'a'.localeCompare('b');`,
  'new Date().getHours();',
  'new Date(2026, 0, 1);',
  `new Date('2026-01-01 00:00');`,
  'let count = 0;',
  'export let count = 0;',
  'var count = 0;',
  'const seen = new Map();',
  'export const seen: Set<string> = new Set();',
  'setTimeout(() => {}, 1);',
  'crypto.randomUUID();',
  'process.hrtime();',
  'new WeakRef({});',
  'console.log(1);',
])('refuses %s', (text) => expect(offences(parseText(text))).not.toEqual([]));

test.each([
  'const now = Date.now();',
  'new Date(Date.now()).toISOString();',
  'new Date(at).getUTCDate();',
  'const seen: ReadonlySet<string> = new Set(["a"]);',
  'function count() { let n = 0; return n; }',
  'type T = Intl.NumberFormat;',
  'const random = Math.random();',
])('allows %s', (text) => expect(offences(parseText(text))).toEqual([]));

/**
 * A run that follows a reset replays what an earlier run did, under an id of its own: code that goes by the run id would not
 * do the same again. The snapshot may (it makes no command); everything else asks an activity, whose answer is recorded.
 */
test('no step of a workflow goes by the run id', () => {
  const readers = sandboxed.filter((file) =>
    /workflowInfo\(\)\s*\.\s*runId|\{[^}]*\brunId\b[^}]*\}\s*=\s*workflowInfo\(\)/.test(readText(file)),
  );
  expect(readers).toEqual(['src/workflows/payout/payout-view.ts']);
  const run = readText('src/workflows/payout/payout-view.ts');
  const uses = [...run.matchAll(/forgetsEarlierSends\(run\)/g)];
  expect({
    reads: [...run.matchAll(/\brunId\b[^}]*\}\s*=\s*workflowInfo\(\)/g)].length,
    uses: uses.length,
  }).toEqual({
    reads: 1,
    uses: 1,
  });
  const snapshot = run.slice(run.indexOf('function snapshotOf'), run.indexOf('function payeeOf'));
  expect(snapshot).toContain('forgetsEarlierSends(run)');
});
