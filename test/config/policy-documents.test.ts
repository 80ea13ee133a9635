import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadPolicy } from '../../src/config/load-policy';
import { loadRoutes } from '../../src/config/load-routes';
import { policyJsonSchema } from '../../src/config/policy-json-schema';
import { createCli } from '../cli/fake-cli';
import { exampleFile, root } from './example-configuration';
import { keysOf } from './schema-keys';

const document = readFileSync(join(root, 'docs', 'policy.md'), 'utf8');
const schema = policyJsonSchema();
const policyFile = join(root, 'config', 'policy.example.json');
const examples = readdirSync(join(root, 'config', 'examples', 'policy')).map((name) =>
  name.replace(/\.json$/, ''),
);

test('config/policy.schema.json is the schema (else: npm run build && node scripts/write-schemas.mjs)', () => {
  const committed: unknown = JSON.parse(readFileSync(join(root, 'config', 'policy.schema.json'), 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
});

test('docs/policy.md names every key, and none that is not there', () => {
  const known = new Set(keysOf(schema));
  const words = new Set([...document.matchAll(/[$A-Za-z][\w$]*/g)].map(([word]) => word));
  expect([...known].filter((key) => !words.has(key))).toEqual([]);
  const named = [...document.matchAll(/^\| `([^`{]+)` +\|/gm)].map(
    ([, path = '']) =>
      path
        .replace(/\.<\w+>$/, '')
        .replaceAll('[]', '')
        .split('.')
        .at(-1) ?? '',
  );
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter((key) => !known.has(key))).toEqual([]);
});

test('the example has no problem and deserves no warning, on the routes of the example configuration', () => {
  const routes = loadRoutes(exampleFile);
  if (!routes.ok) throw new Error(JSON.stringify(routes.problems));
  expect(routes.routes.map(({ provider }) => provider)).toEqual(['payfield', 'pontis', 'syncgram']);
  expect(loadPolicy(policyFile, routes.routes)).toMatchObject({ ok: true, warnings: [] });
});

test('there are ten examples', () => expect(examples).toHaveLength(10));

test.each(examples)('docs/policy.md shows what `payouts policy explain` prints about %s', async (name) => {
  const input = readFileSync(join(root, 'config', 'examples', 'policy', `${name}.json`), 'utf8');
  const cli = createCli({}, { input, env: { PAYOUTS_POLICY: policyFile, PAYOUTS_CONFIG: exampleFile } });
  const { code, out, err } = await cli.run('policy', 'explain', '-');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(document).toContain(`\`\`\`sh\npayouts policy explain config/examples/policy/${name}.json\n\`\`\``);
  const shown = new RegExp(`^\`\`\`text name=${name}\\n([^]*?)^\`\`\`$`, 'm').exec(document)?.[1];
  expect(shown).toBe(out);
});
