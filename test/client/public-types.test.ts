import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(__dirname, '../../src/client');
const sourceOf = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** Names that a barrel hands on. */
const exportedBy = (barrel: string): ReadonlySet<string> =>
  new Set(
    [...barrel.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.trim()),
    ),
  );

/** The text of a declared type, from its name to the next declaration. */
function declaration(name: string): string | undefined {
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.ts'))) {
    const found = new RegExp(
      `export type ${name}\\b[^=]*=([^]*?)(?=\\n(?:/\\*\\*|export|const|function|type|async) )`,
    ).exec(`${sourceOf(file)}\nconst `);
    if (found) return (found[1] ?? '').replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/'[^']*'/g, '');
  }
  return undefined;
}

/** What the language and its platform bring. */
const builtIn = new Set(
  'Promise AsyncIterable AbortSignal Readonly Record Partial Omit Extract Exclude Request Client'.split(' '),
);
/** Ways of writing a type down that nobody needs a name for. */
const inner = new Set(['WithoutSchema', 'ResolveRequest']);

function unexported(root: string, exported: ReadonlySet<string>): readonly string[] {
  const missing = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name) || builtIn.has(name)) return;
    seen.add(name);
    if (!exported.has(name) && !inner.has(name)) missing.add(name);
    for (const [word] of (declaration(name) ?? '').matchAll(/\b[A-Z][A-Za-z]+\b/g)) visit(word);
  };
  visit(root);
  return [...missing];
}

test.each(['PayoutClient', 'PayoutClientOptions'])(
  'every type in the signatures of %s is exported',
  (root) => {
    expect(unexported(root, exportedBy(sourceOf('index.ts')))).toEqual([]);
  },
);

test('one that were left out would be seen', () => {
  const without = sourceOf('index.ts').replace('RecallCommand, ', '').replace('NormalisedField, ', '');
  expect(unexported('PayoutClient', exportedBy(without))).toEqual(['NormalisedField', 'RecallCommand']);
});
