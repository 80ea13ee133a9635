import { z } from 'zod';
import { parsePayoutRequest, payoutRequestSchema } from '../../src/validation/payout-request-schema';
import { chainOfNetwork } from '../../src/payee/crypto-networks';
import { countriesWithAccountRules, nationalAccountRule } from '../../src/payee/national-accounts';
import { section, tableRows } from './markdown';
import { readJson, readText, trackedFiles } from './repository';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
};

const schema = z.toJSONSchema(payoutRequestSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
const { beneficiary, ...fields } = schema.properties ?? {};
const methods = beneficiary?.oneOf ?? [];
const page = readText('docs/payout-request.md');
const plain = (cell = ''): string => cell.replaceAll('`', '');

/** Paths of the leaves, and whether a request without them is refused. */
const leaves = (
  { properties = {}, required = [] }: Schema,
  prefix = '',
): readonly (readonly [string, boolean])[] =>
  Object.entries(properties).flatMap(([name, child]) => {
    const path = `${prefix}${name}`;
    return child.properties === undefined
      ? [[path, required.includes(name)] as const]
      : leaves(child, `${path}.`);
  });

describe('docs/payout-request.md', () => {
  test('has every field, says which are needed, and has no other', () => {
    const expected = new Map([
      ...leaves({ properties: fields, required: schema.required ?? [] }),
      ['beneficiary.method', true] as const,
      ['beneficiary.name', true] as const,
    ]);
    const rows = tableRows(section(page, 'Fields'));
    expect(rows.map(([path]) => plain(path)).sort()).toEqual([...expected.keys()].sort());
    for (const [path, needed] of rows)
      expect([path, needed === 'yes']).toEqual([path, expected.get(plain(path))]);
  });

  test('has every field of every method, says which are needed, and has no other', () => {
    const expected = methods.flatMap(({ properties }) =>
      leaves(properties?.['account'] ?? {}).map(([path, needed]) =>
        [path, String(properties?.['method']?.const), needed].join(' '),
      ),
    );
    const rows = tableRows(section(page, 'Methods'));
    expect(
      rows.map(([path, method, needed]) => [plain(path), plain(method), needed === 'yes'].join(' ')).sort(),
    ).toEqual([...expected].sort());
  });

  test('has every country with a rule for its accounts, and says of each whether another form is refused', () => {
    const shown = tableRows(section(page, 'Accounts by country')).map(
      ([country, , , otherwise]) => `${country} ${otherwise}`,
    );
    const rules = countriesWithAccountRules.map(
      (country) => `${country} ${nationalAccountRule(country)?.source === undefined ? 'warning' : 'refused'}`,
    );
    expect(shown).toEqual(rules.toSorted());
  });

  test('names only networks that are known', () => {
    const rows = tableRows(section(page, 'Addresses by network'));
    const named = rows.flatMap(([networks = '']) => networks.match(/(?<=`)[A-Z0-9]+(?=`)/g) ?? []);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((network) => chainOfNetwork(network) === undefined)).toEqual([]);
  });

  const examples = trackedFiles.filter((path) => path.startsWith('config/examples/requests/'));

  test('lists every example', () => {
    expect(tableRows(section(page, 'Examples')).map(([file = '']) => /\((.*)\)/.exec(file)?.[1])).toEqual(
      expect.arrayContaining(examples.map((path) => `../${path}`)),
    );
    expect(examples.length).toBeGreaterThan(2);
  });

  test.each(examples)('%s is a valid request', (path) => {
    expect(parsePayoutRequest(readJson(path))).toMatchObject({ ok: true });
  });
});
