/** What people read in Temporal's UI; pure functions of the workflow bundle, tested without a server. */
import { payeeView } from '../../src/domain/payee-view';
import type { ListedFinding } from '../../src/domain/payee-view';
import type { Beneficiary } from '../../src/domain/payout-request';
import { codeSpan } from '../../src/workflows/reporting/code-span';
import { describeForPeople } from '../../src/workflows/reporting/current-details';
import { snapshot } from '../cli/fake-cli';
import { exampleRequest } from '../support/example-request';

describe('a code span', () => {
  it.each([
    'Beatriz Santos',
    'Siobhán O’Brien-Ó Dálaigh',
    "Seán O'Casey",
    'प्रिया शर्मा',
    'নুসরাত জাহান',
    'مُحَمَّد يُوسُف',
    'משה בייספילברג',
    '山田 太郎テスト',
    '김종테스트',
    'Нина Примерова',
    'สมชาย ใจดี',
    'A & B <Trading> *Co* [Ltd] _x_ #1 ~z~ $5 \\ | !(a)',
    'www.example.test http://example.test a@example.test',
    'ന്‍റെ',
  ])('shows %s as it is', (name) => expect(codeSpan(name)).toBe(`\`${name}\``));

  it.each([
    ['a`b', '``a`b``'],
    ['`a`', '`` `a` ``'],
    ['``', '``` `` ```'],
    ['a\nb', '`aU+000Ab`'],
    ['a\u202eb', '`aU+202Eb`'],
    ['\u001b[31m', '`U+001B[31m`'],
    ['  ', '(nothing)'],
  ])('lets %j break nothing', (text, expected) => expect(codeSpan(text)).toBe(expected));

  it('ends where it says, whatever backticks there are', () => {
    for (let count = 0; count < 8; count += 1) {
      const span = codeSpan(`a${'`'.repeat(count)}b`);
      const fence = '`'.repeat(count + 1);
      expect(span.startsWith(fence) && span.endsWith(fence)).toBe(true);
      expect(span.slice(fence.length, -fence.length)).not.toContain(fence);
    }
  });
});

describe('the current details', () => {
  const details = (beneficiary?: Beneficiary, listed?: ListedFinding, change = {}): string =>
    describeForPeople(
      snapshot(change),
      'payout/acme/r-1',
      payeeView(
        {
          request: beneficiary && exampleRequest({ beneficiary, purpose: 'Invoice 7' }),
          given: undefined,
          amounts: {},
          listed,
        },
        false,
      ),
    );
  const account: Beneficiary = {
    method: 'bank-account',
    name: "Beatriz O'Santos",
    account: { accountNumber: '0012345678', bankCode: 'BOPI' },
  };

  it('name the payee with masked identifiers, before they ask for a decision', () => {
    const text = details(account);
    expect(text).toContain("- **Pays to**: `Beatriz O'Santos`, PH, in PHP");
    expect(text).toContain('- **Account**: bank-account, bank code `BOPI`, account number `••••5678`');
    expect(text).toContain('- **Purpose**: `Invoice 7`');
    expect(text).not.toContain('0012345678');
    expect(text.indexOf('Pays to')).toBeLessThan(text.indexOf('Digest to approve'));
  });

  it('say in a review which lines to compare, with the names of the list beside', () => {
    const listed: ListedFinding = {
      found: 'possible',
      entries: [
        { list: 'ofac', entry: '7', score: '0.91', reason: 'similar-name', names: ['SANTOS, B.', 'Bea `S`'] },
        { list: 'own', entry: '1', score: '0.9', reason: 'similar-name' },
        { list: 'scripts', entry: 'script:arab', score: '0', reason: 'script-not-comparable' },
      ],
      more: 3,
    };
    const held = {
      reason: 'screening_review' as const,
      owner: 'compliance' as const,
      since: 0,
      deadlineAt: 0,
      escalated: false,
    };
    const text = details(account, listed, { held, status: 'screening' });
    expect(text).toContain('“Pays to” and “Account” with each line “Listed”');
    expect(text).toContain('- **Listed**: `SANTOS, B.`, `` Bea `S` `` (`ofac 7`, similar-name 0.91)');
    expect(text).toContain('- **Listed**: its names stand in the list (`own 1`, similar-name 0.9)');
    expect(text).toContain(
      '- **Not compared**: no list was compared with a name in this script (`script:arab`)',
    );
    expect(text).toContain('- **Listed**: 3 more entries');
  });

  it('name nobody where no request was taken on', () => {
    expect(details()).not.toMatch(/Pays to|Account|Listed/);
  });

  it('obey nothing that a name says', () => {
    const text = details({
      ...account,
      name: 'x`\n### paid\n- **Has money moved?** no <img src=x>',
    });
    expect(text).not.toMatch(/\n### paid/);
    expect(text.split('\n').filter((line) => line.includes('Has money moved'))).toHaveLength(2);
    expect(text).toContain('``x`U+000A### paid');
  });
});
