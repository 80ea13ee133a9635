import { memoToSend, readCryptoWallet } from '../../src/payee/crypto-wallet';

/** `[severity] field: message`, or the normal form where nothing is to be said. */
function read(currency: string, account: { address: string; network?: string; memo?: string }) {
  const { account: normal, findings } = readCryptoWallet(account, currency);
  return { ...normal, findings: findings.map(({ field, severity }) => `${severity} ${field}`) };
}
const messages = (network: string, address: string): string =>
  readCryptoWallet({ address, network, memo: 'none' }, 'USDC')
    .findings.map(({ message }) => message)
    .join('; ');

/** Addresses from the chains' own documents, standards and explorers. */
const published: readonly (readonly [network: string, address: string])[] = [
  ['TRC20', 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8'],
  ['TRON', 'TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE'],
  ['ERC20', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'],
  ['BEP20', '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'],
  ['POLYGON', '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB'],
  ['ARBITRUM', '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb'],
  ['BASE', '0x52908400098527886E0F7030069857D2E4169EE7'],
  ['BTC', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
  ['BTC', '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy'],
  ['BTC', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
  ['BTC', 'bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3'],
  ['BTC', 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0'],
  ['LTC', 'LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1'],
  ['LTC', 'ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9'],
  ['DOGE', 'DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L'],
  ['BCH', 'bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy'],
  ['BCH', 'bitcoincash:qqq3728yw0y47sqn6l2na30mcw6zm78dzqre909m2r'],
  ['XRPL', 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh'],
  ['XRP', 'rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH'],
  ['SOL', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'],
  ['TON', 'EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs'],
  ['XLM', 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ'],
  ['XLM', 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ'],
  ['COSMOS', 'cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh'],
  ['EOS', 'binancecleos'],
  ['ALGO', 'VCMJKWOY5P5P7SKMZFFOCEROPJCZOTIJMNIYNUCKH7LRO45JMJP6UYBIJA'],
  ['DOT', '15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5'],
  [
    'ADA',
    'addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x',
  ],
  ['NEAR', 'alice.near'],
  ['HBAR', '0.0.456858'],
  ['APTOS', '0xbae207659db88bea0cbead6da0ed00aac12edcdda169e591cd41c94180b46f3b'],
];

test.each(published)('%s: %s is an address in its normal form', (network, address) => {
  expect(read('USDC', { address, network, memo: 'none' })).toEqual({
    address,
    network,
    memo: 'none',
    findings: [],
  });
});

const withChecksum = published.filter(
  ([network]) => !['SOL', 'EOS', 'NEAR', 'HBAR', 'APTOS', 'BASE'].includes(network),
);

test.each(withChecksum)('%s: a wrong character is seen in %s', (network, address) => {
  // The last letter whose neighbour is another one, changed places with it.
  const at = Array.from(address).findLastIndex((one, index, all) => index > 3 && one !== all[index - 1]);
  const turned = `${address.slice(0, at - 1)}${address[at]}${address[at - 1]}${address.slice(at + 1)}`;
  expect(read('USDC', { address: turned, network, memo: 'none' }).findings).toEqual(['refused address']);
});

test.each(published)('%s: one character less or more is no address: %s', (network, address) => {
  for (const wrong of [address.slice(0, -1), `${address}1`]) {
    if (['EOS', 'NEAR', 'HBAR', 'SOL'].includes(network)) continue;
    expect(read('USDC', { address: wrong, network, memo: 'none' }).findings).toContain('refused address');
  }
});

describe('EIP-55', () => {
  const checked = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

  test('one case alone says nothing, and becomes the checksum’s', () => {
    const lower = read('USDT_ERC20', { address: checked.toLowerCase() });
    const upper = read('USDT_ERC20', { address: `0x${checked.slice(2).toUpperCase()}` });
    expect([lower.address, upper.address]).toEqual([checked, checked]);
    expect([lower.findings, upper.findings]).toEqual([[], []]);
  });

  test.each([
    '0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
  ])('%s has another case than its checksum', (address) => {
    expect(messages('ERC20', address)).toContain('the checksum does not fit');
  });

  test.each([
    '5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
    '0xvitalik',
  ])('%s is no address', (address) =>
    expect(messages('ERC20', address)).toMatch(/^must be an address of an EVM chain/),
  );
});

test.each([
  ['BTC', 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx'],
  ['BTC', 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn'],
  ['BTC', '2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc'],
  ['XRP', 'TVE26TYGhfLC7tQDno7G8dGtxSkYQn49b3qD26PK7FcGSKE'],
  ['ADA', 'addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz'],
  ['BCH', 'bchtest:pr6m7j9njldwwzlg9v7v53unlr4jkmx6eyvwc0uz5t'],
])('%s: %s is of a test network', (network, address) => {
  expect(messages(network, address)).toMatch(/test network/);
});

test.each([
  ['ERC20', `0x${'0'.repeat(40)}`],
  ['TRC20', 'T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb'],
  ['XRP', 'rrrrrrrrrrrrrrrrrrrrrhoLvTp'],
  ['XRP', 'rrrrrrrrrrrrrrrrrrrrBZbvji'],
  ['BTC', '1111111111111111111114oLvT2'],
  ['SOL', '11111111111111111111111111111111'],
])('%s: nobody holds the key of %s', (network, address) => {
  expect(messages(network, address)).toMatch(/nobody holds the key/);
});

test.each([
  ['TRC20', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', 'EVM'],
  ['ERC20', 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8', 'TRON'],
  ['TRC20', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'Bitcoin'],
  ['SOL', 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', 'XRP'],
  ['XRP', 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ', 'Stellar'],
])('on %s, %s looks like an address of %s', (network, address, other) => {
  expect(messages(network, address)).toMatch(new RegExp(`looks like an? .*${other}`));
});

test.each([
  ['XLM', 'SAV76USXIJOBMEQXPANUOQM6F5LIOTLPDIDVRJBFFE2MDJXG24TAPUU7'],
  ['XRP', 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2'],
  ['BTC', '5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ'],
])('%s: the secret key %s is no address', (network, address) => {
  expect(read('USDC', { address, network, memo: 'none' }).findings).toEqual(['refused address']);
});

describe('writing', () => {
  test('networks in any case and with hyphens', () => {
    const address = 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8';
    expect(read('USDT', { address, network: 'trc-20' })).toEqual({ address, network: 'TRC20', findings: [] });
    expect(read('USDT', { address, network: '?' }).findings).toEqual(['refused network']);
    expect(read('USDT', { address, network: 'ſol' }).findings).toEqual(['refused network']);
  });

  test('bech32 in capitals, base64 of either kind, base32 in lower case, spaces around', () => {
    expect(read('BTC', { address: 'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4' })).toMatchObject({
      address: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
      findings: [],
    });
    expect(read('BTC', { address: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4' }).findings).toEqual([
      'refused address',
    ]);
    expect(
      read('USDT_TON', { address: 'EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id/sDs', memo: '7' }),
    ).toMatchObject({ address: 'EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs', findings: [] });
    expect(read('USDT_TRC20', { address: ' TJRabPrwbZy45sbavfcjinPJC18kjpRTv8 ' })).toMatchObject({
      address: 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8',
      findings: [],
    });
    expect(
      read('USDC', { address: 'qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy', network: 'BCH' }),
    ).toMatchObject({ address: 'bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy', findings: [] });
  });
});

describe('what nobody can check is doubtful', () => {
  test.each([
    ['an unknown network', 'USDT', { address: 'whatever-it-is', network: 'NEWCHAIN' }, ['doubtful address']],
    ['no network', 'USDT', { address: 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8' }, ['doubtful address']],
    [
      'a raw TON address',
      'USDT_TON',
      { address: `0:${'ab'.repeat(32)}`, memo: 'none' },
      ['doubtful address'],
    ],
    [
      'the contract of the asset',
      'USDT_TRC20',
      { address: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t' },
      ['doubtful address'],
    ],
    [
      'an own coin on another chain',
      'BTC',
      { address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', network: 'BEP20' },
      ['doubtful network'],
    ],
    [
      'a memo where there are none',
      'USDT_TRC20',
      { address: 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8', memo: '7' },
      ['doubtful memo'],
    ],
    [
      'no memo where exchanges ask for one',
      'USDT_TON',
      { address: 'EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs' },
      ['doubtful memo'],
    ],
    [
      'Bitcoin’s old form on Litecoin',
      'USDC',
      { address: '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', network: 'LTC' },
      ['doubtful address'],
    ],
  ])('%s', (_what, currency, account, findings) => {
    expect(read(currency, account).findings).toEqual(findings);
  });
});

describe('networks and currencies agree', () => {
  const address = 'TJRabPrwbZy45sbavfcjinPJC18kjpRTv8';
  test.each([
    ['USDT_TRC20', 'ERC20', ['refused network']],
    ['USDT_TRC20', 'TRC20', []],
    ['USDT_TRC20', undefined, []],
    ['TRX', undefined, []],
    ['TRX', 'TRC20', []],
    ['USDT_ERC20', undefined, ['refused address']],
  ])('%s on %s', (currency, network, findings) => {
    expect(read(currency, { address, ...(network && { network }) }).findings).toEqual(findings);
  });
});

describe('the check letters of HIP-15 fall away only where they prove the account', () => {
  test.each([
    ['0.0.123-vfmkw', '0.0.123'],
    ['0.0.123', '0.0.123'],
  ])('%s is %s', (address, normal) => {
    expect(read('USDC', { address, network: 'HBAR', memo: 'none' })).toEqual({
      address: normal,
      network: 'HBAR',
      memo: 'none',
      findings: [],
    });
  });

  test.each([
    ['0.0.124-vfmkw', 'the checksum does not fit'],
    ['0.0.132-vfmkw', 'the checksum does not fit'],
    ['0.0.123-vfmkx', 'the checksum does not fit'],
    ['0.0.123-vfmwk', 'the checksum does not fit'],
    ['0.0.123-esxsf', 'of a test network'],
    ['0.0.123-ogizo', 'of a test network'],
    ['0.0.123-VFMKW', 'must be a Hedera account'],
    ['0.0.123-vfmk', 'must be a Hedera account'],
    ['0.0.123vfmkw', 'must be a Hedera account'],
    ['0.0.0123', 'must be a Hedera account'],
  ])('%s is refused', (address, message) => {
    expect(read('USDC', { address, network: 'HBAR', memo: 'none' }).findings).toEqual(['refused address']);
    expect(messages('HBAR', address)).toContain(message);
  });
});

describe('memos and tags', () => {
  const xrp = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
  const stellar = 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ';

  test.each([
    ['XRP', { address: xrp }],
    ['EOS', { address: 'binancecleos' }],
    ['USDC', { address: stellar, network: 'XLM' }],
    ['USDC', { address: 'bnb1grpf0955h0ykzq3ar5nmum7y6gdfl6lxfn46h2', network: 'BEP2' }],
  ])('%s needs one, or the word that there is none', (currency, account) => {
    expect(read(currency, account).findings).toEqual(['refused memo']);
    expect(read(currency, { ...account, memo: 'none' })).toMatchObject({ memo: 'none', findings: [] });
    expect(read(currency, { ...account, memo: 'NONE' })).toMatchObject({ memo: 'none', findings: [] });
    expect(read(currency, { ...account, memo: '104' })).toMatchObject({ memo: '104', findings: [] });
  });

  test('none is never sent', () => {
    expect(memoToSend({ address: xrp, memo: 'none' })).toBeUndefined();
    expect(memoToSend({ address: xrp, memo: '7' })).toBe('7');
    expect(memoToSend({ address: xrp })).toBeUndefined();
  });

  test.each(['0', '4294967295'])('the destination tag %s', (memo) => {
    expect(read('XRP', { address: xrp, memo }).findings).toEqual([]);
  });
  test.each(['4294967296', '-1', '1.0', '1.23E+9', '12345.0', 'order-7', '007', '0x10', '1 2'])(
    'no destination tag: %s',
    (memo) => expect(read('XRP', { address: xrp, memo }).findings).toEqual(['refused memo']),
  );
  test.each(['5E12', '=abc', '1.000', "'12", '1,000', '#N/A'])(
    'any text may be a memo where no form says otherwise, so %s is doubtful',
    (memo) => {
      for (const account of [
        { address: 'binancecleos', network: 'EOS' },
        { address: stellar, network: 'XLM' },
        { address: 'EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs', network: 'TON' },
      ]) {
        expect(read('USDC', { ...account, memo })).toEqual({ ...account, memo, findings: ['doubtful memo'] });
      }
      expect(read('USDC', { address: 'whatever-it-is', network: 'NEWCHAIN', memo }).findings).toEqual([
        'doubtful address',
        'doubtful memo',
      ]);
      expect(read('XRP', { address: xrp, memo }).findings).toEqual(['refused memo']);
    },
  );
  test('a tag that a spreadsheet damaged is told apart from a wrong one', () => {
    const said = (memo: string) => readCryptoWallet({ address: xrp, memo }, 'XRP').findings[0]?.message;
    expect(said('5E12')).toMatch(/spreadsheet/);
    expect(said('007')).not.toMatch(/spreadsheet/);
  });
  test('a Stellar memo is a short text or a hash', () => {
    expect(read('USDC', { address: stellar, network: 'XLM', memo: 'x'.repeat(29) }).findings).toEqual([
      'refused memo',
    ]);
    expect(read('USDC', { address: stellar, network: 'XLM', memo: 'ab'.repeat(32) }).findings).toEqual([]);
  });

  describe('X-addresses hold the tag (examples of XLS-5)', () => {
    const classic = 'rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf';
    const withoutTag = 'XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb';
    const tagOne = 'XVLhHMPHU98es4dbozjVtdWzVrDjtV8xvjGQTYPiAx6gwDC';
    const tagLargest = 'XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi';

    test('and become address and tag', () => {
      expect(read('XRP', { address: withoutTag })).toEqual({ address: classic, memo: 'none', findings: [] });
      expect(read('XRP', { address: tagOne })).toEqual({ address: classic, memo: '1', findings: [] });
      expect(read('XRP', { address: tagLargest })).toEqual({
        address: classic,
        memo: '4294967295',
        findings: [],
      });
    });
    test('which a memo must not contradict', () => {
      expect(read('XRP', { address: tagOne, memo: '1' }).findings).toEqual([]);
      expect(read('XRP', { address: tagOne, memo: '2' }).findings).toEqual(['refused memo']);
      expect(read('XRP', { address: tagOne, memo: 'none' }).findings).toEqual(['refused memo']);
      expect(read('XRP', { address: withoutTag, memo: '2' }).findings).toEqual(['refused memo']);
    });
  });
});
