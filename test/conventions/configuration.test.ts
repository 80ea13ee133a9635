import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providerModules } from '../../src/providers/provider-registry';
import { parsePayoutRequest } from '../../src/validation/payout-request-schema';
import { checkConfiguration } from '../../src/worker/installation/check-configuration';
import { section, tableRows } from './markdown';
import { readJson, readText } from './repository';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly allOf?: readonly { readonly then: Schema }[];
  readonly default?: unknown;
};

/** Every key below a schema, as the documents write it: `routes[].when`, `accounts.<>.mode`. */
function keysOf(schema: Schema, prefix = ''): readonly (readonly [key: string, schema: Schema])[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    return [[key, child] as const, ...keysOf(child, key)];
  });
  const { additionalProperties: named, items } = schema;
  return [
    ...below,
    ...(typeof named === 'object' ? keysOf(named, `${prefix}.<>`) : []),
    ...(items === undefined ? [] : keysOf(items, `${prefix}[]`)),
  ];
}

/** First cells of the tables of a text, without backticks and without the words in angle brackets. */
const documented = (text: string): readonly string[] =>
  tableRows(text).map(([key = '']) => key.replaceAll('`', '').replace(/<\w+>/g, '<>'));

const written = readJson('config/payouts.schema.json') as Schema;
const page = readText('docs/configuration.md');

describe('docs/configuration.md', () => {
  const example = (name: string): string =>
    new RegExp(`^\`\`\`json name=${name}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';

  test.each(providerModules.map(({ provider }) => provider))(
    'has a smallest configuration for %s that a worker takes as it stands',
    async (provider) => {
      const folder = mkdtempSync(join(tmpdir(), 'payouts-configuration-'));
      try {
        const text = example(provider);
        // A secret that every credential takes: base64url of 32 bytes.
        const secret = Buffer.alloc(32, 'x').toString('base64url');
        const variables = [...text.matchAll(/"env": "(\w+)"/g)].map(([, name = '']) => [name, secret]);
        mkdirSync(join(folder, 'secrets'));
        for (const [, file = ''] of text.matchAll(/"file": "([^"]+)"/g)) {
          writeFileSync(join(folder, file), `${secret}\n`, { mode: 0o600 });
        }
        writeFileSync(join(folder, 'payouts.json'), text);
        const { problems } = await checkConfiguration(
          join(folder, 'payouts.json'),
          Object.fromEntries(variables) as Record<string, string>,
        );
        expect(problems).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  test('has a request that is valid', () => {
    expect(parsePayoutRequest(JSON.parse(example('request')))).toMatchObject({ ok: true });
  });
});

describe.each(providerModules.map((module, index) => ({ module, index })))(
  'docs/providers: $module.provider',
  ({ module, index }) => {
    const document = readText(`docs/providers/${module.provider}.md`);
    const account = (written.properties?.['accounts']?.additionalProperties ?? {}) as Schema;
    const settings = keysOf(account.allOf?.[index]?.then.properties?.['settings'] ?? {});

    test('explains every setting, and only settings that exist', () => {
      expect([...documented(section(document, 'Settings'))].toSorted()).toEqual(
        settings.map(([key]) => key).toSorted(),
      );
    });

    test('names the default of every setting that has a plain one', () => {
      const shown = new Map(
        tableRows(section(document, 'Settings')).map(([key = '', value = '']) => [
          key.replaceAll('`', ''),
          value.replace(/[`"\s]/g, ''),
        ]),
      );
      const plain = settings.filter(([, { default: value }]) =>
        ['string', 'number', 'boolean'].includes(typeof value),
      );
      expect(plain.map(([key]) => [key, shown.get(key)])).toEqual(
        plain.map(([key, { default: value }]) => [key, String(value)]),
      );
    });

    test('names every credential, and which are required', () => {
      const rows = tableRows(section(document, 'Credentials')).map(([name = '', required]) => [
        name.replaceAll('`', ''),
        required === 'yes',
      ]);
      expect(Object.fromEntries(rows)).toEqual(
        Object.fromEntries(module.credentials.map(({ name, required }) => [name, required])),
      );
    });

    test('says what was never verified, and what webhooks do', () => {
      for (const heading of ['When the outcome is unknown', 'Errors, in short', 'Webhooks', 'Not verified']) {
        expect(section(document, heading).trim()).not.toBe('');
      }
    });
  },
);
