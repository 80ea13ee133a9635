import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleFile, root } from '../config/example-configuration';
import { exampleRequest } from '../support/example-request';
import { createCli } from './fake-cli';

const policyFile = join(root, 'config', 'policy.example.json');
const folder = mkdtempSync(join(tmpdir(), 'payouts-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type PolicyJson = { rules: { when: object; then: object }[]; otherwise: object } & Record<string, unknown>;
const changedPolicy = (name: string, change: (policy: PolicyJson) => void): string => {
  const policy = JSON.parse(readFileSync(policyFile, 'utf8')) as PolicyJson;
  change(policy);
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(policy));
  return path;
};
const broken = changedPolicy('broken.json', (policy) => {
  policy.rules.unshift({ ...policy.rules[4], when: {} } as (typeof policy.rules)[number]);
});
const warned = changedPolicy('warned.json', (policy) => {
  policy.otherwise = { kind: 'auto-approve' };
  policy.rules = policy.rules.filter((_, index) => index < 1);
});

describe('policy check', () => {
  test('a policy that can be used', async () => {
    const { code, out, err } = await createCli().run('policy', 'check', policyFile, '--config', exampleFile);
    expect({ code, out, err }).toEqual({ code: 0, out: `${policyFile} can be used\n`, err: '' });
  });

  test('takes file and routes from the environment', async () => {
    const env = { PAYOUTS_POLICY: policyFile, PAYOUTS_CONFIG: exampleFile };
    expect(await createCli({}, { env }).run('policy', 'check')).toMatchObject({ code: 0 });
  });

  test('says what was not looked at without routes', async () => {
    const { out } = await createCli().run('policy', 'check', policyFile);
    expect(out).toContain('Currencies without a rule were not looked for');
  });

  test('warnings are shown, and are no failure', async () => {
    const { code, out } = await createCli().run('policy', 'check', warned, '--config', exampleFile);
    expect(code).toBe(0);
    expect(out).toContain('can be used; look at this first:\n');
    expect(out).toContain('warning  otherwise: whatever no rule speaks of is paid without anybody');
    expect(out).toContain('warning  otherwise: no rule speaks of amounts arriving in BDT');
  });

  test('errors are exit code 2', async () => {
    const { code, out, err } = await createCli().run('policy', 'check', broken);
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(out).toContain('cannot be used:\n');
    expect(out).toContain('error    rules[1]: “countries we do not pay to” can never decide');
  });

  test('--json holds everything', async () => {
    const { code, out } = await createCli().run('policy', 'check', broken, '--json');
    expect(code).toBe(2);
    const printed = JSON.parse(out) as { ok: boolean; path: string; problems: readonly object[] };
    expect(printed).toMatchObject({ ok: false, path: broken });
    expect(printed.problems[0]).toMatchObject({ severity: 'error', path: 'rules[5].name' });
  });

  test('a configuration that cannot be read is refused with its problems', async () => {
    const { code, err } = await createCli().run('policy', 'check', policyFile, '--config', policyFile);
    expect(code).toBe(2);
    expect(err).toContain('cannot be used:\n  ');
  });
});

describe('policy explain', () => {
  const explain = (request: unknown, ...args: readonly string[]) =>
    createCli({}, { input: JSON.stringify(request) }).run('policy', 'explain', '-', ...args);
  const onlyPolicy = ['--policy', policyFile];

  test('needs no configuration where the policy does not ask about accounts', async () => {
    const { code, out } = await explain(exampleRequest(), ...onlyPolicy);
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe(
      '125.00 USDT to be paid out in PHP, to a bank account in PH, asked for by dana of acme',
    );
    expect(out).toContain('Rule 5 “small”: yes, because 125.00 USDT is below 1,000.00 USDT');
    expect(out).toContain('Decision: approved by the policy; nobody is asked');
  });

  test('--json is the decision and the steps', async () => {
    const { out } = await explain(exampleRequest(), ...onlyPolicy, '--config', exampleFile, '--json');
    expect(JSON.parse(out)).toMatchObject({
      decision: {
        schema: 1,
        label: 'acme payments, July 2026',
        decidedBy: { kind: 'rule', name: 'small', position: 5 },
        outcome: { kind: 'auto-approve' },
        facts: { account: 'pontis-main', provider: 'pontis' },
      },
      steps: [{ matched: false }, {}, {}, {}, { name: 'small', matched: true }],
    });
  });

  test('tells what is doubtful about the payee, and nothing where nothing is', async () => {
    const account = { accountNumber: '777777', bankCode: 'BOPI', bic: 'DEUTDEFF' };
    const doubtful = exampleRequest({
      beneficiary: { method: 'bank-account', name: 'Beatriz Santos', account },
    });
    const { code, out } = await explain(doubtful, ...onlyPolicy);
    expect({ code, last: out.trim().split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'warning: beneficiary.account.bic: is of a bank in another country than the destination',
    });
    expect(JSON.parse((await explain(doubtful, ...onlyPolicy, '--json')).out)).toMatchObject({
      warnings: [{ path: 'beneficiary.account.bic' }],
    });
    expect((await explain(exampleRequest(), ...onlyPolicy)).out).not.toContain('warning');
  });

  test('an account that cannot exist is refused with its path', async () => {
    const account = { accountNumber: '1E15' };
    const refused = exampleRequest({
      beneficiary: { method: 'bank-account', name: 'Beatriz Santos', account },
    });
    const { code, err } = await explain(refused, ...onlyPolicy);
    expect(code).toBe(2);
    expect(err).toMatch(
      /beneficiary\.account\.accountNumber.*must be an account number: it looks like spreadsheet damage/,
    );
    expect(err).not.toContain('1E15');
  });

  test('prints nothing of the beneficiary', async () => {
    const { out } = await explain(exampleRequest(), ...onlyPolicy, '--json');
    expect(out).not.toMatch(/Santos|0012345678/);
  });

  test('an account is named where the policy asks for one and nothing else says it', async () => {
    const asking = changedPolicy('asking.json', (policy) => {
      policy.rules[0] = {
        ...policy.rules[0],
        when: { accounts: ['pontis-main'] },
      } as (typeof policy.rules)[0];
    });
    const unknown = await explain(exampleRequest(), '--policy', asking);
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('asks which provider account pays');
    const named = await explain(exampleRequest(), '--policy', asking, '--account', 'pontis-main');
    expect(named.out).toContain('yes, because the provider account is pontis-main');
  });

  test.each<readonly [string, unknown, readonly string[], string]>([
    ['a request that is wrong', { ...exampleRequest(), tenant: 'A' }, onlyPolicy, 'request_invalid'],
    ['a policy that is wrong', exampleRequest(), ['--policy', broken], 'policy_invalid'],
    ['no policy', exampleRequest(), [], 'policy_missing'],
    [
      'no route',
      exampleRequest(),
      [...onlyPolicy, '--config', exampleFile, '--account', 'nowhere'],
      'no_route',
    ],
    [
      'a currency that nobody says',
      exampleRequest({ source: { fundingAccount: 'f' } }),
      onlyPolicy,
      'source_currency_unknown',
    ],
    [
      'a currency that is none',
      exampleRequest(),
      [...onlyPolicy, '--source-currency', 'usd'],
      'source_currency_invalid',
    ],
  ])('%s is refused', async (_, request, args, code) => {
    const run = await explain(request, ...args, '--json');
    expect(run).toMatchObject({ code: 2, out: '' });
    expect((JSON.parse(run.err) as { error: { code: string } }).error.code).toBe(code);
  });

  test('--source-currency says what is debited', async () => {
    const request = exampleRequest({ source: { fundingAccount: 'f' } });
    const { out } = await explain(request, ...onlyPolicy, '--source-currency', 'EUR');
    expect(out).toContain('125.00 EUR to be paid out in PHP');
  });
});
