import type { BankAccount } from '../../src/domain/payout-request';
import { readBankAccount } from '../../src/payee/bank-account';

const currencies: Readonly<Record<string, string>> = {
  DE: 'EUR',
  FR: 'EUR',
  IE: 'EUR',
  NL: 'EUR',
  GP: 'EUR',
};
const read = (country: string, account: BankAccount, currency = currencies[country] ?? 'USD') => {
  const { account: normal, findings } = readBankAccount(account, { country, currency });
  return { normal, findings, told: findings.map(({ severity, field }) => `${severity} ${field}`) };
};
const told = (country: string, account: BankAccount): readonly string[] => read(country, account).told;
const messageOf = (country: string, account: BankAccount): string =>
  read(country, account)
    .findings.map(({ message }) => message)
    .join('; ');

describe('Nigeria', () => {
  test.each([
    // The Central Bank's own examples (First Bank, 011).
    ['0000014579', '011'],
    ['0000000220', '011'],
    ['0000014579', '000011'],
    // The same bank by its number in instant payments.
    ['0000014579', '000016'],
    ['0123456785', '058'],
    ['0123456785', '000013'],
    ['0123456785', '000058'],
    ['0123456785', '058152052'],
    // 9 and the five digits of another institution (50547 is the one that the Central Bank'''s circular shows).
    ['0123456788', '50547'],
    ['0123456788', '950547'],
  ])('%s at %s exists', (accountNumber, bankCode) => {
    expect(told('NG', { accountNumber, bankCode })).toEqual([]);
  });

  test.each([
    ['0123456789', '058'],
    ['0123456785', '011'],
    ['0123456785', '011152052'],
    ['0000014570', '000011'],
    ['0123456786', '50547'],
    ['0123456786', '950547'],
    ['123456785', '058'],
    ['12345678512', '058'],
    ['O123456785', '058'],
    ['GB29NWBK60161331926819', '058'],
    ['1.23457E+8', '058'],
    ['123456785.0', '058'],
  ])('%s at %s does not', (accountNumber, bankCode) => {
    expect(told('NG', { accountNumber, bankCode })).toEqual(['refused accountNumber']);
  });

  test('lost leading zeros are told apart from a wrong number', () => {
    expect(messageOf('NG', { accountNumber: '123456785', bankCode: '058' })).toBe(
      'must be a NUBAN: 10 digits with a check digit (leading zeros may have been lost in a spreadsheet)',
    );
    expect(messageOf('NG', { accountNumber: '12345678512', bankCode: '058' })).toBe(
      'must be a NUBAN: 10 digits with a check digit',
    );
  });

  test.each(['58', '5', '0580', '0581520'])('%s is no code of a bank', (bankCode) => {
    expect(told('NG', { accountNumber: '0123456785', bankCode })).toContain('refused bankCode');
  });

  test.each([
    ['a bank on no list', '8031234567', '999'],
    ['a wallet numbered by the phone', '8031234567', '999992'],
    ['an institution by its number in instant payments', '8031234567', '090267'],
    ['a code that an aggregator made up', '0123456785', '035A'],
    ['a bank that took another one over', '0123456783', '044'],
  ])('%s is doubtful, and not refused', (_what, accountNumber, bankCode) => {
    const findings = told('NG', { accountNumber, bankCode });
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter((one) => one.startsWith('refused'))).toEqual([]);
  });

  test('without a bank nothing can be checked', () => {
    expect(told('NG', { accountNumber: '0123456789' })).toEqual(['doubtful bankCode']);
  });

  test('spaces and hyphens are for the eye', () => {
    expect(read('NG', { accountNumber: ' 0123-456 785', bankCode: '0 58' })).toMatchObject({
      normal: { accountNumber: '0123456785', bankCode: '058' },
      told: [],
    });
  });
});

describe('India', () => {
  test.each([
    ['50100012345678', 'HDFC0001234'],
    ['123456789', 'SBIN0000001'],
    ['123456789012345678', 'ICIC0000104'],
  ])('%s at %s exists', (accountNumber, ifsc) => expect(told('IN', { accountNumber, ifsc })).toEqual([]));

  test.each([
    ['12345678', 'refused accountNumber'],
    ['1234567890123456789', 'refused accountNumber'],
    ['5010001234567A', 'refused accountNumber'],
    ['5.01E+13', 'refused accountNumber'],
    ['50100012345678.0', 'refused accountNumber'],
    ['5,01,00,01,234', 'refused accountNumber'],
  ])('%s does not', (accountNumber, finding) => {
    expect(told('IN', { accountNumber, ifsc: 'HDFC0001234' })).toEqual([finding]);
  });

  test('an IFSC is needed, in its form, in India only', () => {
    const accountNumber = '50100012345678';
    expect(told('IN', { accountNumber })).toEqual(['refused ifsc']);
    for (const ifsc of ['HDFC1001234', 'HDFC000123', 'HDF00001234', 'HDFCO001234', 'HDFC00012345']) {
      expect(told('IN', { accountNumber, ifsc })).toEqual(['refused ifsc']);
    }
    expect(read('IN', { accountNumber, ifsc: 'hdfc 000-1234' })).toMatchObject({
      normal: { ifsc: 'HDFC0001234' },
      told: [],
    });
    expect(told('PH', { accountNumber, ifsc: 'HDFC0001234' })).toEqual(['refused ifsc']);
  });

  test('a bank on no list is doubtful', () => {
    expect(told('IN', { accountNumber: '50100012345678', ifsc: 'ZZZZ0001234' })).toEqual(['doubtful ifsc']);
  });

  test('zeros that a spreadsheet may have made up are doubtful', () => {
    expect(told('IN', { accountNumber: '12345678901234500', ifsc: 'HDFC0001234' })).toEqual([
      'doubtful accountNumber',
    ]);
  });
});

describe('IBANs', () => {
  test.each([
    ['DE', 'DE89 3704 0044 0532 0130 00', 'DE89370400440532013000'],
    ['DE', 'de89-3704-0044-0532-0130-00', 'DE89370400440532013000'],
    ['GB', 'GB29 NWBK 6016 1331 9268 19', 'GB29NWBK60161331926819'],
    ['AE', 'ae070331234567890123456', 'AE070331234567890123456'],
    ['PK', 'PK36 SCBL 0000 0011 2345 6702', 'PK36SCBL0000001123456702'],
    ['TR', 'TR33 0006 1005 1978 6457 8413 26', 'TR330006100519786457841326'],
    ['BR', 'BR1800360305000010009795493C1', 'BR1800360305000010009795493C1'],
    // A territory has its state's.
    ['GP', 'FR1420041010050500013M02606', 'FR1420041010050500013M02606'],
    ['JE', 'GB29NWBK60161331926819', 'GB29NWBK60161331926819'],
  ])('to %s: %s', (country, accountNumber, normal) => {
    expect(read(country, { accountNumber })).toMatchObject({ normal: { accountNumber: normal }, told: [] });
  });

  test.each([
    ['DE', 'DE89370400440532013001', /check digits/],
    ['DE', 'DE88370400440532013000', /check digits/],
    ['DE', 'DE8937040044053201300', /those of DE have 22 characters/],
    ['FR', 'DE8937040044053201300', /those of DE have 22 characters/],
    ['DE', 'DE8937040044O532013000', /letters and digits/],
    ['DE', '532013000', /euro transfers/],
    ['IE', '12345678', /euro transfers/],
    ['AE', '1234567890', /the country requires it/],
    ['SA', '608010167519', /the country requires it/],
    ['TR', '1.23E+15', /spreadsheet/],
    ['GB', 'GB29NWBK60161331926818', /check digits/],
  ])('to %s: %s is refused', (country, accountNumber, message) => {
    expect(told(country, { accountNumber })).toEqual(['refused accountNumber']);
    expect(messageOf(country, { accountNumber })).toMatch(message);
  });

  test.each([
    ['an IBAN of another country', 'DE', 'IR062960000000100324200001'],
    ['an IBAN of another country, to one without rules', 'CU', 'DE89370400440532013000'],
    ['another form where IBANs are usual', 'CZ', '19-2000145399'],
    ['what begins like an IBAN, where there are none', 'CU', 'DE12X'],
  ])('%s is doubtful', (_what, country, accountNumber) => {
    expect(told(country, { accountNumber })).toEqual(['doubtful accountNumber']);
  });

  test('no account in a country without IBANs and with a form of its own', () => {
    for (const country of ['NG', 'IN', 'US', 'AU', 'MX']) {
      const findings = told(country, {
        accountNumber: 'DE89370400440532013000',
        ...(country === 'IN' && { ifsc: 'HDFC0001234' }),
      });
      expect(findings).toContain('refused accountNumber');
    }
  });
});

describe('other countries by their published rules', () => {
  test.each<readonly [string, BankAccount]>([
    ['US', { accountNumber: '000123456789', bankCode: '021000021' }],
    ['US', { accountNumber: '123456789', bankCode: '011401533' }],
    ['GB', { accountNumber: '31926819', bankCode: '60-16-13' }],
    ['GB', { accountNumber: '31926819', branchCode: '601613' }],
    ['MX', { accountNumber: '032180000118359719' }],
    ['AR', { accountNumber: '2850590940090418135201' }],
    ['AU', { accountNumber: '123456789', bankCode: '062-000' }],
    ['CA', { accountNumber: '1234567', bankCode: '003' }],
    ['JP', { accountNumber: '0123456', bankCode: '0001' }],
    ['NZ', { accountNumber: '01-0902-0068389-000' }],
    ['MA', { accountNumber: '011519000001205000534921' }],
    ['CN', { accountNumber: '6212345678901232' }],
    ['ZA', { accountNumber: '62001234567', branchCode: '250655' }],
    ['BR', { accountNumber: '12345678', bankCode: '001' }],
    ['PH', { accountNumber: '1000000001' }],
    ['PH', { accountNumber: '1000000001', bankCode: 'BOPI' }],
    ['BD', { accountNumber: '1234567890123' }],
    ['BD', { accountNumber: '1234567890123', bankCode: '090260725' }],
    ['KE', { accountNumber: '1234567890' }],
    ['GH', { accountNumber: '0123456789012' }],
    ['VN', { accountNumber: '19012345678901' }],
    ['ID', { accountNumber: '0123456789' }],
    ['PE', { accountNumber: '00219300123456789012' }],
    ['RU', { accountNumber: '40702810600000000012', bankCode: '044525225' }],
  ])('to %s: %j', (country, account) => {
    const { findings } = read(country, account);
    expect(findings.filter(({ severity }) => severity === 'refused')).toEqual([]);
  });

  test.each<readonly [string, BankAccount, string]>([
    ['US', { accountNumber: '000123456789', bankCode: '021000022' }, 'refused bankCode'],
    ['US', { accountNumber: '000123456789', bankCode: '21000021' }, 'refused bankCode'],
    ['US', { accountNumber: '000123456789', bankCode: '000000000' }, 'refused bankCode'],
    ['US', { accountNumber: '123456789012345678', bankCode: '021000021' }, 'refused accountNumber'],
    ['GB', { accountNumber: '1926819', bankCode: '601613' }, 'refused accountNumber'],
    ['GB', { accountNumber: '31926819', bankCode: '40478' }, 'refused bankCode'],
    ['MX', { accountNumber: '032180000118359718' }, 'refused accountNumber'],
    ['RU', { accountNumber: '40702810700000000012', bankCode: '044525225' }, 'refused accountNumber'],
    ['MX', { accountNumber: '32180000118359719' }, 'refused accountNumber'],
    ['AR', { accountNumber: '2850590940090418135202' }, 'refused accountNumber'],
    ['AR', { accountNumber: '2850591940090418135201' }, 'refused accountNumber'],
    ['AU', { accountNumber: '1234567890', bankCode: '062000' }, 'refused accountNumber'],
    ['AU', { accountNumber: '123456789', bankCode: '62000' }, 'refused bankCode'],
    ['CA', { accountNumber: '1234567890123', bankCode: '003' }, 'refused accountNumber'],
    ['JP', { accountNumber: '123456', bankCode: '0001' }, 'refused accountNumber'],
    ['MA', { accountNumber: '011519000001205000534922' }, 'refused accountNumber'],
    ['CN', { accountNumber: '6212345678901233' }, 'refused accountNumber'],
    ['NZ', { accountNumber: '1-0902-0068389-00' }, 'refused accountNumber'],
    ['PH', { accountNumber: '1E15' }, 'refused accountNumber'],
    ['PH', { accountNumber: '1.00E+15' }, 'refused accountNumber'],
    ['PH', { accountNumber: '1,00E+15' }, 'refused accountNumber'],
    ['PH', { accountNumber: '1000000001.00' }, 'refused accountNumber'],
    ['PH', { accountNumber: "'1000000001" }, 'refused accountNumber'],
    ['PH', { accountNumber: '="1000000001"' }, 'refused accountNumber'],
    ['PH', { accountNumber: '#REF!' }, 'refused accountNumber'],
    ['PH', { accountNumber: '########' }, 'refused accountNumber'],
    ['PH', { accountNumber: '1,000,000,001' }, 'refused accountNumber'],
    ['CU', { accountNumber: '1E15' }, 'refused accountNumber'],
    ['PH', { accountNumber: '1000000001', bankCode: '1.04E+07' }, 'refused bankCode'],
    ['PH', { accountNumber: '1000000001', branchCode: '12.0' }, 'refused branchCode'],
    ['PH', { accountNumber: '1000 0000/01' }, 'refused accountNumber'],
  ])('to %s: %j is refused', (country, account, finding) => {
    const { told: findings } = read(country, account);
    expect(findings.filter((one) => one.startsWith('refused'))).toEqual([finding]);
  });

  test.each<readonly [string, BankAccount, string]>([
    ['PH', { accountNumber: '12345' }, 'doubtful accountNumber'],
    ['TH', { accountNumber: '123456789' }, 'doubtful accountNumber'],
    ['CU', { accountNumber: '9200000000000001' }, 'doubtful accountNumber'],
    ['US', { accountNumber: '123456789' }, 'doubtful bankCode'],
    ['US', { accountNumber: '123456789', bankCode: 'CHASE' }, 'doubtful bankCode'],
  ])('to %s: %j is doubtful', (country, account, finding) => {
    expect(told(country, account)).toEqual([finding]);
  });
});

test('letters that only look like an identifier’s do not become them', () => {
  const accountNumber = '50100012345678';
  expect(told('IN', { accountNumber, ifsc: 'ſbin0000001' })).toEqual(['refused ifsc']);
  expect(told('IN', { accountNumber, ifsc: 'ıcıc0000104' })).toEqual(['refused ifsc']);
  expect(told('PH', { accountNumber: '1000000001', bic: 'boßphmm' })).toEqual(['refused bic']);
  expect(told('DE', { accountNumber: 'DE８９370400440532013000' })).toEqual(['refused accountNumber']);
});

describe('BICs', () => {
  const accountNumber = '1000000001';
  test.each([
    ['BOPIPHMM', []],
    ['bopi ph mm', []],
    ['BOPIPHMMXXX', []],
    ['BOPIZZMM', ['refused bic']],
    ['BOPIPHM', ['refused bic']],
    ['DEUTDEFF', ['doubtful bic']],
  ])('%s', (bic, findings) => expect(told('PH', { accountNumber, bic })).toEqual(findings));
});

describe('one number alone: what stands beside it would be joined to it', () => {
  test.each<readonly [string, BankAccount, RegExp]>([
    ['US', { accountNumber: '021000021 12345678' }, /an ABA routing number stands beside it/],
    ['US', { accountNumber: '12345678 021000021' }, /an ABA routing number stands beside it/],
    ['US', { accountNumber: '0210-0002-1 1234567' }, /an ABA routing number stands beside it/],
    ['US', { accountNumber: '021000021 12345678', bankCode: '021000021' }, /what is in .*\.bankCode/],
    ['US', { accountNumber: '021000021-12345678', bankCode: '011401533' }, /an ABA routing number/],
    ['US', { accountNumber: '12345678 87654321', bankCode: '021000021' }, /two numbers stand there/],
    ['NG', { accountNumber: '058 1234561', bankCode: '058' }, /what is in .*\.bankCode/],
    ['BR', { accountNumber: '1234 56789-0', branchCode: '1234', bankCode: '001' }, /\.branchCode/],
    ['BR', { accountNumber: '001 1234 56789-0', bankCode: '001' }, /\.bankCode/],
    ['BR', { accountNumber: '1234 56789-0', bankCode: '001' }, /a branch's code stands beside it/],
    ['ZA', { accountNumber: '250655 1234567', bankCode: '250655' }, /\.bankCode/],
    ['ZA', { accountNumber: '250-655 1234567', branchCode: '250655' }, /\.branchCode/],
    ['ZA', { accountNumber: '250655 1234567' }, /a branch code stands beside it/],
    ['BD', { accountNumber: '090260725 12345678' }, /a routing number stands beside it/],
    ['CA', { accountNumber: '003 1234567', bankCode: '003' }, /\.bankCode/],
    ['CA', { accountNumber: '12345-003 1234', bankCode: '003', branchCode: '12345' }, /\.branchCode/],
    ['HK', { accountNumber: '004-123-456789', bankCode: '004' }, /\.bankCode/],
    ['PH', { accountNumber: '12345678 87654321' }, /two numbers stand there/],
    ['VN', { accountNumber: 'VCB 1234567890' }, /a word stands before it/],
    ['BD', { accountNumber: 'DBBL 1234567890' }, /a word stands before it/],
    ['CU', { accountNumber: '1234 567890', bankCode: '1234' }, /\.bankCode/],
    ['CU', { accountNumber: '12345678 87654321' }, /two numbers stand there/],
  ])('to %s: %j is refused', (country, account, message) => {
    const refusals = read(country, account).findings.filter(({ severity }) => severity === 'refused');
    expect(refusals.map(({ field }) => field)).toEqual(['accountNumber']);
    expect(refusals[0]?.message).toMatch(/^must be one account number alone/);
    expect(refusals[0]?.message).toMatch(message);
  });

  test.each<readonly [string, BankAccount]>([
    ['GB', { accountNumber: '60-16-13 31926819' }],
    ['AU', { accountNumber: '062-000 12345678' }],
    ['IN', { accountNumber: 'HDFC0001234 50100012345678', ifsc: 'HDFC0001234' }],
    ['IN', { accountNumber: '50100012345678 HDFC0001234', ifsc: 'HDFC0001234' }],
    ['NG', { accountNumber: '058 0123456785', bankCode: '058' }],
    ['BR', { accountNumber: '1234/56789-0', bankCode: '001' }],
    ['JP', { accountNumber: '0001 0123456', bankCode: '0001' }],
    ['PH', { accountNumber: '1000000001/1000000002' }],
    ['PH', { accountNumber: '1000000001, 2' }],
    ['PH', { accountNumber: '1000000001;1000000002' }],
    ['PH', { accountNumber: '1000000001 & 2' }],
    ['PH', { accountNumber: '１０００００００１１' }],
    ['PH', { accountNumber: '٠١٢٣٤٥٦٧٨٩' }],
    ['CU', { accountNumber: '٠١٢٣٤٥٦٧٨٩' }],
    ['NG', { accountNumber: '0123456785', bankCode: '٠٥٨' }],
  ])('to %s: %j never was one number', (country, account) => {
    expect(told(country, account).filter((one) => one.startsWith('refused'))).toHaveLength(1);
  });

  test.each<readonly [string, BankAccount, string]>([
    ['US', { accountNumber: '0001 2345 6789', bankCode: '021000021' }, '000123456789'],
    ['PH', { accountNumber: '0012 3456 7890' }, '001234567890'],
    ['PH', { accountNumber: '001234-567890' }, '001234567890'],
    ['BR', { accountNumber: '56789-0', branchCode: '1234', bankCode: '001' }, '567890'],
    ['KR', { accountNumber: '110-123-456789' }, '110123456789'],
    ['NZ', { accountNumber: '01-0902-0068389-000', bankCode: '010902' }, '0109020068389000'],
    ['MX', { accountNumber: '032 180 00011835971 9', bankCode: '032' }, '032180000118359719'],
  ])('to %s: %j is grouped for the eye', (country, account, accountNumber) => {
    expect(read(country, account)).toMatchObject({ normal: { accountNumber }, told: [] });
  });

  test('digits that begin with the code are taken at their word, with a warning', () => {
    const account = { accountNumber: '02100002112345678', bankCode: '021000021' };
    expect(told('US', account)).toEqual(['doubtful accountNumber']);
    expect(messageOf('US', account)).toBe('begins with what is in beneficiary.account.bankCode');
    expect(told('US', { ...account, bankCode: '011401533' })).toEqual([]);
  });
});

describe('two fields that name two banks are doubtful', () => {
  const british = 'GB29NWBK60161331926819';
  const german = 'DE89370400440532013000';
  test.each<readonly [string, BankAccount, readonly string[]]>([
    ['GB', { accountNumber: british, bankCode: '404784' }, ['bankCode accountNumber']],
    ['GB', { accountNumber: british, branchCode: '40-47-84' }, ['branchCode accountNumber']],
    ['GB', { accountNumber: british, bankCode: 'BARC' }, ['bankCode accountNumber']],
    ['GB', { accountNumber: british, bankCode: 'BARCGB22' }, ['bankCode accountNumber']],
    ['GB', { accountNumber: british, bic: 'BARCGB22' }, ['bic accountNumber']],
    ['IE', { accountNumber: 'IE29AIBK93115212345678', bankCode: 'AIBKGB2L' }, ['bankCode accountNumber']],
    ['GB', { accountNumber: '31926819', bankCode: '601613', branchCode: '404784' }, ['branchCode bankCode']],
    ['DE', { accountNumber: german, bankCode: '10000000' }, ['bankCode accountNumber']],
    ['FR', { accountNumber: 'FR1420041010050500013M02606', bankCode: '30002' }, ['bankCode accountNumber']],
    ['NL', { accountNumber: 'NL91ABNA0417164300', bic: 'RABONL2U' }, ['bic accountNumber']],
    ['TR', { accountNumber: 'TR330006100519786457841326', bankCode: '00010' }, ['bankCode accountNumber']],
    ['PK', { accountNumber: 'PK36SCBL0000001123456702', bic: 'HABBPKKA' }, ['bic accountNumber']],
    ['MX', { accountNumber: '032180000118359719', bankCode: '40012' }, ['bankCode accountNumber']],
    ['AR', { accountNumber: '2850590940090418135201', bankCode: '011' }, ['bankCode accountNumber']],
    ['NZ', { accountNumber: '01-0902-0068389-000', bankCode: '02' }, ['bankCode accountNumber']],
    ['MA', { accountNumber: '011519000001205000534921', bankCode: '007' }, ['bankCode accountNumber']],
    ['AU', { accountNumber: '12345678', bankCode: '062000', branchCode: '083001' }, ['branchCode bankCode']],
    [
      'ZA',
      { accountNumber: '62001234567', bankCode: '250655', branchCode: '632005' },
      ['branchCode bankCode'],
    ],
    ['JP', { accountNumber: '0123456', bankCode: '0001001', branchCode: '002' }, ['branchCode bankCode']],
    [
      'US',
      { accountNumber: '12345678', bankCode: '021000021', branchCode: '011401533' },
      ['branchCode bankCode'],
    ],
    ['IN', { accountNumber: '50100012345678', ifsc: 'HDFC0001234', bankCode: 'ICIC' }, ['bankCode ifsc']],
    [
      'IN',
      { accountNumber: '50100012345678', ifsc: 'HDFC0001234', branchCode: 'HDFC0009999' },
      ['branchCode ifsc'],
    ],
  ])('to %s: %j', (country, account, pairs) => {
    const { findings } = read(country, account);
    expect(findings.map(({ severity, field, message }) => `${severity} ${field}: ${message}`)).toEqual(
      pairs
        .map((pair) => pair.split(' '))
        .map(
          ([field, other]) =>
            `doubtful ${field}: names another bank or branch than beneficiary.account.${other}`,
        ),
    );
  });

  test.each<readonly [string, BankAccount]>([
    ['GB', { accountNumber: british, bankCode: '60-16-13', branchCode: '601613', bic: 'NWBKGB2L' }],
    ['GB', { accountNumber: british, bankCode: 'NWBK' }],
    ['GB', { accountNumber: british, bankCode: 'NATWEST' }],
    ['JE', { accountNumber: british, bic: 'NWBKGB2L' }],
    ['GB', { accountNumber: '31926819', bankCode: '601613', branchCode: '601613' }],
    ['DE', { accountNumber: german, bankCode: '37040044', bic: 'COBADEFF' }],
    ['FR', { accountNumber: 'FR1420041010050500013M02606', bankCode: '20041', branchCode: '01005' }],
    ['IT', { accountNumber: 'IT60X0542811101000000123456', bankCode: '05428', branchCode: '11101' }],
    ['NL', { accountNumber: 'NL91ABNA0417164300', bic: 'ABNANL2A' }],
    ['CH', { accountNumber: 'CH9300762011623852957', bankCode: '762' }],
    ['MX', { accountNumber: '032180000118359719', bankCode: '40032' }],
    ['MX', { accountNumber: '032180000118359719', bankCode: '032' }],
    ['AR', { accountNumber: '2850590940090418135201', bankCode: '00285' }],
    ['JP', { accountNumber: '0123456', bankCode: '0001001', branchCode: '001' }],
    ['IN', { accountNumber: '50100012345678', ifsc: 'HDFC0001234', bankCode: 'HDFC' }],
  ])('and one bank in two writings is not: to %s: %j', (country, account) => {
    expect(told(country, account)).toEqual([]);
  });
});

test('no message holds what it is about', () => {
  const secrets = ['7777123', 'DE77777123', '7.77E+17', '77771234567890123456789'];
  for (const accountNumber of secrets)
    for (const country of ['NG', 'IN', 'DE', 'US', 'CU', 'MX', 'AR', 'GB', 'PH'])
      expect(messageOf(country, { accountNumber, bankCode: '77771', ifsc: '7777' })).not.toMatch(/777/);
});
