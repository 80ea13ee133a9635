import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { createLogger } from '../../src/observability/logger';
import type { Logger, LogLevel } from '../../src/observability/logger';
import { Secret } from '../../src/observability/secret';
import { createTemporalLogger } from '../../src/worker/temporal/temporal-logger';
import { cpuMsDuring, hostileInputCpuMs } from '../support/cpu-time';

function capture(level: LogLevel = 'debug'): {
  readonly logger: Logger;
  readonly text: () => string;
  readonly lines: () => Record<string, unknown>[];
} {
  let written = '';
  const logger = createLogger({ level, to: { write: (line) => void (written += line) } });
  return {
    logger,
    text: () => written,
    lines: () =>
      written
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** Everything that must never come out, each in a form of its own. */
const canaries = {
  name: 'Kanarina Vogelsang',
  accountNumber: '50100099887766',
  card: '4111111111111111',
  phone: '+8801799887766',
  email: 'kanarina@vogelsang.example',
  iban: 'DE89370400440532013000',
  wallet: 'TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE',
  secret: 'sk_live_KanarienGelb77',
  password: 'kuckucksuhr',
};

function expectNoCanary(text: string): void {
  const flat = text.replaceAll(/[\s-]/g, '');
  for (const canary of Object.values(canaries)) {
    expect(text).not.toContain(canary);
    expect(flat).not.toContain(canary.replaceAll(/[\s-]/g, ''));
  }
  expect(text).not.toMatch(/kanari|vogelsang|kuckuck/i);
}

describe('a log line', () => {
  test('is JSON with time, level and event', () => {
    const { logger, lines } = capture();
    logger.info('worker started', { account: 'pontis-main', mode: 'sandbox', attempt: 3, ok: true });
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        pid: process.pid,
        event: 'worker started',
        account: 'pontis-main',
        mode: 'sandbox',
        attempt: 3,
        ok: true,
      },
    ]);
  });

  test('keeps ids that look like numbers', () => {
    const { logger, lines } = capture();
    const ids = {
      workflowId: 'payout/acme/202611210000000001',
      runId: '12345678-1234-4234-8234-123456789012',
      reference: '202611210000000001',
      providerPayoutId: '4111111111111111',
    };
    logger.info('x', ids);
    expect(lines()[0]).toMatchObject(ids);
  });

  test('is not written below the level', () => {
    const { logger, text } = capture('warn');
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    expect(text()).toContain('"c"');
    expect(text()).not.toContain('"b"');
  });

  test('takes fields along, and no field can overwrite level or event', () => {
    const { logger, text, lines } = capture();
    logger
      .with({ account: 'main', level: 'x' })
      .error('boom', { level: 'fake', event: 'fake', time: 'fake' });
    expect(lines()[0]).toMatchObject({ account: 'main', level: 'error', event: 'boom' });
    expect(text().match(/"level"/g)).toHaveLength(1);
    expect(text().match(/"event"/g)).toHaveLength(1);
  });

  test('cannot be broken by an event with format characters or line breaks', () => {
    const { logger, lines } = capture();
    logger.info('100 %s %d\n{"level":"error"}', { status: 'ok' });
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatchObject({ event: '100 %s %d\n{"level":"error"}' });
  });
});

describe('no canary comes out of', () => {
  const request = {
    beneficiary: {
      name: canaries.name,
      account: { accountNumber: canaries.accountNumber, cardNumber: canaries.card, address: canaries.wallet },
    },
    payer: { email: canaries.email },
    purpose: canaries.name,
  };
  const wrapped = new Error(`cannot pay ${canaries.name} at ${canaries.accountNumber}`, {
    cause: new TypeError(`bad ${canaries.iban}`, { cause: { body: canaries.name, secret: canaries.secret } }),
  });
  const circular: Record<string, unknown> = { name: canaries.name };
  circular['self'] = circular;
  const manyLined = new Error(
    `x\n    at ${canaries.password} (/srv/${canaries.password}.js:1:1)\n    at y (/a.js:1:2)`,
  );
  let unreadable: unknown;
  try {
    JSON.parse(`${canaries.name} is no JSON`);
  } catch (error) {
    unreadable = error;
  }

  test.each<[string, Record<string, unknown>]>([
    ['a request', { request }],
    ['a request under a harmless name', { status: request }],
    ['loose fields', { ...request.beneficiary.account, name: canaries.name, note: canaries.name }],
    [
      'numbers',
      { accountNumber: Number(canaries.accountNumber), card: Number(canaries.card), phone: 8801799887766n },
    ],
    ['unknown names', { whatever: canaries.name, other: [canaries.name, { deep: canaries.secret }] }],
    ['an account number in the place of an account', { account: canaries.accountNumber }],
    ['a sentence in the place of a word', { status: `paid to ${canaries.name}` }],
    ['an error', { error: wrapped }],
    ['errors in a list', { errors: [wrapped, { error: wrapped }] }],
    ['an AggregateError', { error: new AggregateError([wrapped, canaries.name], canaries.name) }],
    [
      'an error with data of its own',
      { error: Object.assign(new Error('x'), { body: canaries.name, code: canaries.name }) },
    ],
    ['an error whose message looks like frames', { error: manyLined }],
    ['an error of JSON.parse', { error: unreadable }],
    [
      'an error of another realm',
      { error: { name: 'Error', message: canaries.name, stack: `Error: ${canaries.name}\n    at x` } },
    ],
    ['a thrown text', { error: canaries.name }],
    [
      'secrets',
      {
        credentials: { apiKey: canaries.secret },
        password: canaries.password,
        headers: { authorization: `Bearer ${canaries.secret}` },
      },
    ],
    ['a Secret', { apiKey: new Secret(canaries.secret), code: new Secret(canaries.secret) }],
    [
      'binary data',
      { taskToken: Buffer.from(canaries.name), status: new TextEncoder().encode(canaries.name) },
    ],
    [
      'maps, sets and instances',
      {
        status: new Map([['a', canaries.name]]),
        code: new Set([canaries.name]),
        kind: new URL(`https://x/?${canaries.password}`),
      },
    ],
    ['circular values', { status: circular }],
    ['a toJSON of its own', { status: { toJSON: () => canaries.name } }],
    [
      'a throwing getter',
      {
        get status(): string {
          throw new Error(canaries.name);
        },
      },
    ],
    [
      'problems that quote',
      {
        problems: [
          `baseUrl https://u:${canaries.password}@x/y?key=${canaries.secret}`,
          `mail ${canaries.email}, card ${canaries.card}`,
        ],
      },
    ],
  ])('%s', (_what, fields) => {
    const { logger, text } = capture();
    logger.info('event', fields);
    logger.with(fields).error('again');
    expect(text()).not.toBe('');
    expectNoCanary(text());
  });

  test.each([
    `card ${canaries.card}`,
    'card 4111 1111 1111 1111 refused',
    'card 4111-1111-1111-1111',
    `card${canaries.card}`,
    `account ${canaries.accountNumber}, phone ${canaries.phone}`,
    `Authorization: Bearer ${canaries.secret}`,
    `Basic ${Buffer.from(canaries.password).toString('base64')}kuckucksuhr`,
    `password=${canaries.password}`,
    `IBAN ${canaries.iban}`,
    'IBAN DE89 3704 0044 0532 0130 00',
    `mail to ${canaries.email}`,
    `GET https://user:${canaries.password}@x.example/a?token=${canaries.password}#${canaries.password}`,
  ])('an event text: %s', (event) => {
    const { logger, text } = capture();
    logger.info(event);
    expectNoCanary(text());
    expect(text()).not.toMatch(/4111.?1111|8937/);
  });

  test("the SDK's own warnings", () => {
    const { logger, text } = capture();
    const sdk = createTemporalLogger(logger);
    const failure = new ActivityFailure(
      `activity ${canaries.name}`,
      'submitPayout',
      '1',
      RetryState.NON_RETRYABLE_FAILURE,
      'worker',
      ApplicationFailure.create({
        message: `no such account ${canaries.accountNumber}`,
        type: 'UnexpectedFailure',
        details: [request],
        cause: wrapped,
      }),
    );
    sdk.warn('Activity failed', {
      error: failure,
      workflowId: 'payout/acme/r-1',
      activityType: 'submitPayout',
      attempt: 1,
      taskToken: Buffer.from(canaries.name),
      args: [request],
      [Symbol.for('time')]: canaries.name,
    });
    sdk.log('ERROR', `something about ${canaries.email}`, { message: canaries.name });
    sdk.trace('never', { status: canaries.name });
    expectNoCanary(text());
    expect(text()).toContain('payout/acme/r-1');
    expect(text()).toContain('UnexpectedFailure');
    expect(text()).not.toContain('never');
  });
});

describe('what engineers need stays', () => {
  test('class, code and frames of an error, and of its causes', () => {
    const { logger, lines } = capture();
    const cause = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' });
    logger.error('failed', { error: new RangeError('out of range', { cause }) });
    const line = lines()[0] as { error: { error: string; frames: string[]; cause: { code: string } } };
    expect(line.error.error).toBe('RangeError');
    expect(line.error.frames[0]).toMatch(/logger\.test\.ts:\d+:\d+/);
    expect(line.error.cause.code).toBe('ECONNREFUSED');
  });

  test('sentences of the engine that name code only', () => {
    const { logger, text } = capture();
    try {
      (undefined as unknown as { pay(): void }).pay();
    } catch (error) {
      logger.error('failed', { error });
    }
    expect(text()).toContain("Cannot read properties of undefined (reading 'pay')");
  });

  test('which message was refused, what an end means for the money, and for whose sake an account is paused', () => {
    const { logger, lines } = capture();
    const fields = { updateName: 'decide', moneyMoved: 'unknown', pausedFor: 'people' };
    logger.warn('message refused', { ...fields, signalName: canaries.name, updateId: canaries.email });
    expect(lines()[0]).toMatchObject({ ...fields, signalName: '[redacted]', updateId: '[redacted]' });
    // A name that somebody made up is no name of a message.
    logger.warn('message refused', { updateName: canaries.name });
    expect(lines()[1]).toMatchObject({ updateName: '[redacted]' });
  });

  test('UUIDs, times, digests and short numbers in a text', () => {
    const { logger, text } = capture();
    const sentence =
      'run 12345678-1234-4234-8234-123456789012 at 2026-11-21T10:20:30.123Z took 1234567 ms, hash ' +
      '0123456789abcdef'.repeat(4);
    logger.info(sentence);
    expect(text()).toContain(sentence);
  });
});

test('a hostile text costs little', () => {
  const { logger } = capture();
  const cpuMs = cpuMsDuring(() => {
    for (const unit of ['a', '1 ', 'a@', 'AB12', '-----BEGIN ', 'eyJ', 'https://a?', 'a.']) {
      logger.info(unit.repeat(200_000), {
        problem: unit.repeat(200_000),
        error: new Error(unit.repeat(200_000)),
      });
    }
  });
  expect(cpuMs).toBeLessThan(hostileInputCpuMs);
});
