import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationJsonSchema } from '../../src/config/configuration-json-schema';
import { accountSettingsSchema } from '../../src/providers/account-settings';
import { providerModules } from '../../src/providers/provider-registry';
import { root } from './example-configuration';
import { keysOf } from './schema-keys';

const schema = configurationJsonSchema({ modules: providerModules, common: accountSettingsSchema });
const document = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8');

test('config/payouts.schema.json is the schema (else: npm run build && node scripts/write-schemas.mjs)', () => {
  const committed: unknown = JSON.parse(readFileSync(join(root, 'config', 'payouts.schema.json'), 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
});

test('docs/configuration.md names every key', () => {
  const words = new Set([...document.matchAll(/[$A-Za-z][\w$]*/g)].map(([word]) => word));
  expect(keysOf(schema).filter((key) => !words.has(key))).toEqual([]);
});

test('docs/configuration.md names no key that is not there', () => {
  const known = new Set(keysOf(schema));
  const named = [...document.matchAll(/^\| (`[^|]*`) +\|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key))
    .map((path) => path.replaceAll('[]', '').split('.').at(-1) ?? '');
  expect(named.length).toBeGreaterThan(70);
  expect(named.filter((key) => !known.has(key))).toEqual([]);
});
