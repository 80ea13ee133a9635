import { z } from 'zod';
import { personId } from '../domain/person';
import { isCountry } from '../domain/country';
import { isCurrency } from '../domain/currency';
import { amountProblem, compareAmounts } from '../domain/money';
import { didYouMean } from '../validation/nearest-name';
import { healthSchema, metricsSchema, tracesSchema } from './operation-schema';
import { versioningSchema } from './versioning-schema';

/**
 * The configuration file: one JSON object. `docs/configuration.md` explains every key, `config/payouts.schema.json` is
 * made from this schema, and tests keep the three equal.
 *
 * What belongs to a provider (`settings`, `common`, the names of `credentials`) is only carried here. It is checked when
 * the installation is composed, which knows the providers.
 */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const idPattern = /^[a-z0-9-]{1,40}$/;
const id = z.string().regex(idPattern, { error: 'must be 1 to 40 lower-case letters, digits and hyphens' });
export const currency = z.string().refine(isCurrency, { error: 'is not a known currency code (upper case)' });
const country = z.string().refine(isCountry, { error: 'must be an ISO 3166-1 alpha-2 code (upper case)' });
const label = z.string().min(1).max(128);
export const plainAmount = z.string().regex(/^(0|[1-9]\d{0,17})(\.\d{1,18})?$/, {
  error: 'must be a plain decimal string such as "125.00"',
});
export const milliseconds = (least: number, most: number) => z.number().int().min(least).max(most);
export const oneOrMore = <T extends z.ZodType>(element: T) => z.array(element).min(1).max(500);

/** Where a secret stands. The file itself never holds one. */
export const credentialSchema = z
  .strictObject(
    {
      env: z
        .string()
        .regex(/^[A-Z_][A-Z0-9_]{0,127}$/, {
          error: 'must be the name of an environment variable (upper case), not a value',
        })
        .optional(),
      file: z.string().min(1).max(4096).optional(),
    },
    {
      error: (issue) =>
        issue.code === 'invalid_type'
          ? 'must be { "env": "NAME" } or { "file": "/path" }: secrets never stand in this file'
          : undefined,
    },
  )
  .refine(({ env, file }) => (env === undefined) !== (file === undefined), {
    error: 'needs exactly one of env and file',
  });
export type CredentialReference = z.infer<typeof credentialSchema>;

/** One account. The names of credentials and the keys of `settings` are its provider's. */
export const accountSchema = z.strictObject({
  /** A provider of the registry, such as `pontis`. */
  provider: z.string().min(1).max(40),
  mode: z.enum(['sandbox', 'live']),
  baseUrl: z.string().max(2000).superRefine(checkUrl),
  credentials: z.record(z.string().min(1).max(64), credentialSchema),
  settings: z.record(z.string(), z.json()).optional(),
  common: z.record(z.string(), z.json()).optional(),
});

function checkUrl(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
  if (!URL.canParse(text)) return refuse('must be a URL such as "https://api.example.com"');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('must be an https (or http) URL');
  if (url.username !== '' || url.password !== '') return refuse('must hold no user name or password');
  if (url.search !== '' || url.hash !== '') return refuse('must have no query and no fragment');
  if (text.endsWith('/')) refuse('must not end with a slash');
}

/** The conditions that a route and a policy's rule have in common: `RequestConditions`, without the tenants. */
export const requestConditions = {
  countries: oneOrMore(country).optional(),
  currencies: oneOrMore(currency).optional(),
  methods: oneOrMore(
    z.enum(['bank-account', 'mobile-wallet', 'card', 'crypto-wallet', 'saved-destination']),
  ).optional(),
  sourceCurrencies: oneOrMore(currency).optional(),
  fundingAccounts: oneOrMore(label).optional(),
  sides: oneOrMore(z.enum(['source', 'destination'])).optional(),
};

const route = z.strictObject({
  account: id,
  when: z
    .strictObject({
      tenants: oneOrMore(label).optional(),
      ...requestConditions,
      amountFrom: plainAmount.optional(),
      amountTo: plainAmount.optional(),
    })
    .superRefine((when, context) => {
      const bounds = (['amountFrom', 'amountTo'] as const).filter((key) => when[key] !== undefined);
      if (bounds.length === 0) return;
      const refuse = (key: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [key], message });
      const side = when.sides?.length === 1 ? when.sides[0] : undefined;
      const currencies = side === 'source' ? when.sourceCurrencies : when.currencies;
      for (const key of bounds) {
        // A bound compared with an amount in another currency would mean something else for every request.
        if (side === undefined || currencies?.length !== 1 || currencies[0] === undefined) {
          refuse(
            key,
            'needs exactly one side, and exactly one currency of it (sides ["source"] with one of sourceCurrencies, or ["destination"] with one of currencies)',
          );
          continue;
        }
        const problem = boundProblem(when[key] ?? '', currencies[0]);
        if (problem !== undefined) refuse(key, problem);
      }
      if (
        when.amountFrom !== undefined &&
        when.amountTo !== undefined &&
        compareAmounts(when.amountFrom, when.amountTo) > 0
      ) {
        refuse('amountTo', 'is less than amountFrom');
      }
    })
    .optional(),
});

/** A bound may be zero; apart from that it is an amount of its currency. */
export const boundProblem = (value: string, of: string): string | undefined =>
  /[1-9]/.test(value) ? amountProblem(value, of) : undefined;

const approval = z
  .strictObject({
    approvers: z.array(label).max(500),
    expiresAfterMs: milliseconds(1000, 90 * day).default(72 * hour),
    thresholds: z
      .record(
        currency,
        oneOrMore(z.strictObject({ from: plainAmount, approvals: z.number().int().min(0).max(20) })),
      )
      .default({}),
    otherwise: z.number().int().min(1).max(20).default(1),
  })
  .superRefine((policy, context) => {
    const refuse = (path: readonly PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const people = policy.approvers.map(personId);
    for (const [index, person] of people.entries()) {
      if (person === '') refuse(['approvers', index], 'is empty');
      else if (people.indexOf(person) < index) {
        refuse(['approvers', index], 'is somebody who is on the list already (case and form do not matter)');
      }
    }
    const distinct = new Set(people).size;
    const mustBePossible = (path: readonly PropertyKey[], approvals: number): void => {
      if (approvals > distinct) {
        refuse(
          path,
          `asks for ${approvals} approvals, but there are ${distinct} approvers: nobody could ever give them`,
        );
      }
    };
    mustBePossible(['otherwise'], policy.otherwise);
    for (const [code, steps] of Object.entries(policy.thresholds)) {
      for (const [index, { from, approvals }] of steps.entries()) {
        const path = ['thresholds', code, index];
        const problem = boundProblem(from, code);
        if (problem !== undefined) refuse([...path, 'from'], problem);
        else if (steps.slice(0, index).some((earlier) => compareAmounts(earlier.from, from) === 0)) {
          refuse([...path, 'from'], 'stands there twice');
        }
        mustBePossible([...path, 'approvals'], approvals);
      }
    }
  });

/** A score from just above 0 to 1. */
const score = z.string().regex(/^(?:0\.(?=\d*[1-9])\d{1,4}|1(?:\.0{1,4})?)$/, {
  error: 'must be a score above 0 and at most 1 as a decimal string such as "0.86"',
});

/** Where the cautious defaults stand; live mode only moves them down, so that more is looked at. */
const similarityDefaults = { matchFrom: '1', possibleFrom: '0.86' } as const;
const watchmanReviewFrom = '0.69';
const shareDefaults = { maxUnreadableShare: '0.05', scriptShare: '0.95' } as const;

/** A part of a list's entries, from nothing to all. */
const share = z.string().regex(/^(?:0(?:\.\d{1,4})?|1(?:\.0{1,4})?)$/, {
  error: 'must be a share from 0 to 1 as a decimal string such as "0.05"',
});

const blockedBank = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'must be 1 to 64 letters, digits and ._-' }),
    bicPrefix: z
      .string()
      .regex(/^[A-Z0-9]{4,11}$/, { error: 'must be 4 to 11 upper-case letters and digits' })
      .optional(),
    ifscPrefix: z
      .string()
      .regex(/^[A-Z]{4}[A-Z0-9]{0,7}$/, { error: 'must be the first 4 to 11 characters of an IFSC' })
      .optional(),
    bankCode: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,19}$/, { error: 'must be up to 20 letters, digits and hyphens' })
      .optional(),
    country: country.optional(),
  })
  .superRefine(({ bicPrefix, ifscPrefix, bankCode, country: of }, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
    if ([bicPrefix, ifscPrefix, bankCode].filter((code) => code !== undefined).length !== 1)
      refuse('needs exactly one of bicPrefix, ifscPrefix and bankCode');
    if ((bankCode === undefined) !== (of === undefined))
      refuse('needs country together with bankCode, and only then');
  });

const watchman = z.strictObject({
  baseUrl: z.string().max(2000).superRefine(checkUrl),
  lists: z.record(
    z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'must be a list name of Watchman such as us_ofac' }),
    z.strictObject({
      atLeast: z.number().int().min(1).max(100_000_000),
      canary: z
        .string()
        .max(200)
        .regex(/[A-Za-z].*[A-Za-z]/, { error: 'must be a name of the list, in Latin letters' }),
      /** With one, wallets are looked up as well. */
      walletCanary: z
        .string()
        .regex(/^[A-Za-z0-9]{20,128}$/, { error: 'must be an address of the list: letters and digits' })
        .optional(),
    }),
  ),
  reviewFrom: score.default(watchmanReviewFrom),
  maxListAgeDays: z.number().int().min(1).max(365).default(7),
  canaryEveryMs: milliseconds(1000, day).default(15 * minute),
  timeoutMs: milliseconds(100, 2_000).default(2_000),
});

/** Who lets somebody go who is only similar to a listed name. At least two people, none of them the requester. */
const screeningReview = z.strictObject({
  role: z.string().min(1).max(128),
  quorum: z.number().int().min(2).max(20).default(2),
  deadlineMs: milliseconds(1000, 90 * day).default(72 * hour),
});

const screening = z.strictObject({
  lists: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, {
          error: 'must be 1 to 64 letters, digits and ._-',
        }),
        file: z.string().min(1).max(4096),
        format: z.enum(['csv', 'json', 'txt']),
      }),
    )
    .max(50)
    .default([]),
  testList: z.boolean().default(false),
  maxListAgeDays: z.number().int().min(1).max(3650).default(30),
  similarity: z
    .strictObject({
      matchFrom: score.default(similarityDefaults.matchFrom),
      possibleFrom: score.default(similarityDefaults.possibleFrom),
    })
    .prefault({}),
  /** A list with more entries that hold an unreadable name is not used. */
  maxUnreadableShare: share.default(shareDefaults.maxUnreadableShare),
  /** A list with so many entries in a script settles who is not found in that script. */
  scriptShare: share.default(shareDefaults.scriptShare),
  watchman: watchman.optional(),
  /** Before a first send the beneficiary is screened again when the last look is older than this. */
  freshForMs: milliseconds(1000, 30 * day).default(day),
  review: screeningReview.optional(),
  blockedCountries: z.array(country).max(300).default([]),
  blockedBanks: z.array(blockedBank).max(500).default([]),
});

const issuerName = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, { error: 'must be an issuer as it stands in its tokens (iss)' });

/** Where an issuer's public keys are: they are no secret, and are read anew while the worker runs. */
const keySet = z
  .strictObject({
    file: z.string().min(1).max(4096).optional(),
    url: z.string().max(2000).superRefine(checkKeySetUrl).optional(),
  })
  .refine(({ file, url }) => (file === undefined) !== (url === undefined), {
    error: 'needs exactly one of file and url',
  });

function checkKeySetUrl(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
  if (!URL.canParse(text)) return refuse('must be a URL such as "https://login.example.com/keys"');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return refuse('must hold no user name or password');
  if (url.hash !== '') return refuse('must have no fragment');
  // Whoever can change the keys on their way can decide as anybody.
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || isPlainHttp(text)))
    refuse('must be https, or http on this machine');
}

const approvals = z.strictObject({
  requireProof: z.boolean().default(false),
  audience: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, { error: 'must be 1 to 200 visible ASCII characters' })
    .optional(),
  maxLifetimeSeconds: z.number().int().min(30).max(3600).default(600),
  issuers: z
    .record(
      issuerName,
      z.strictObject({
        jwks: keySet,
        subjectClaim: z
          .string()
          .regex(/^[A-Za-z0-9_.:/-]{1,100}$/, { error: 'must be the name of a claim' })
          .default('sub'),
      }),
    )
    .default({}),
});

/** The whole file. */
export const configurationSchema = z
  .strictObject({
    /** For editors; not read. */
    $schema: z.string().optional(),
    schema: z.literal(1, { error: 'must be 1' }),
    installation: id,
    mode: z.enum(['sandbox', 'live']),
    temporal: z
      .strictObject({
        taskQueue: z.string().min(1).max(200).default('payouts'),
        namespace: z.string().min(1).max(255).optional(),
        /** Looked up by hand; believed only where the server does not tell. */
        retentionDays: z.number().int().min(1).max(36_500).optional(),
      })
      .prefault({}),
    accounts: z.record(id, accountSchema),
    routes: oneOrMore(route),
    /** Thresholds, or a policy of its own: exactly one of the two. */
    approval: approval.optional(),
    policy: z.strictObject({ file: z.string().min(1).max(4096) }).optional(),
    approvals: approvals.optional(),
    quoteBandPercent: z
      .string()
      .regex(/^(?:0|[1-9]\d?)(?:\.\d{1,4})?$/, {
        error: 'must be a percentage below 100 as a decimal string such as "0.5"',
      })
      .default('1'),
    screening,
    holds: z
      .strictObject({
        recheckMs: milliseconds(1000, day).default(15 * minute),
        deadlineMs: milliseconds(1000, 90 * day).default(72 * hour),
      })
      .prefault({}),
    worker: z
      .strictObject({
        shutdownGraceMs: milliseconds(1000, 30 * minute).default(90_000),
        maxConcurrentActivities: z.number().int().min(1).max(10_000).default(100),
        maxConcurrentLocalActivities: z.number().int().min(1).max(10_000).default(50),
        maxConcurrentWorkflowTasks: z.number().int().min(2).max(1000).default(40),
        maxCachedWorkflows: z.number().int().min(0).max(100_000).default(500),
        workflowStackTraces: z.boolean().default(false),
        metrics: metricsSchema.prefault({}),
        health: healthSchema.prefault({}),
        versioning: versioningSchema.prefault({}),
        traces: tracesSchema.prefault({}),
      })
      .prefault({}),
    log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  })
  // Also where something is wrong already: what is right is compared all the same, so that one look mends all.
  .superRefine(compareParts, { when: ({ value }) => isObject(value) });

export type Configuration = z.infer<typeof configurationSchema>;
export type AccountConfiguration = z.infer<typeof accountSchema>;

const reservedListNames: ReadonlySet<string> = new Set(['rules', 'test-list', 'scripts']);

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Refuse = (path: readonly PropertyKey[], message: string) => void;
/** Whether what stands there is what the schema says: nothing is wrong with it, nor with what it stands in. */
type IsSound = (...path: readonly PropertyKey[]) => boolean;
type Whole = { readonly configuration: Configuration; readonly isSound: IsSound; readonly refuse: Refuse };

/**
 * What the schema cannot say of one part alone. A part with which something is wrong holds whatever was written there, so each
 * comparison first asks whether all that it reads is sound.
 */
function compareParts(configuration: Configuration, context: z.core.$RefinementCtx<Configuration>): void {
  const broken = context.issues
    .filter(({ code }) => code !== 'unrecognized_keys')
    .map(({ path = [] }) => path);
  const whole: Whole = {
    configuration,
    isSound: (...path) =>
      !broken.some((at) => at.length <= path.length && at.every((key, index) => key === path[index])),
    refuse: (path, message) => context.addIssue({ code: 'custom', path: [...path], message }),
  };
  compareApprovals(whole);
  compareAccounts(whole);
  compareRoutes(whole);
  compareScreening(whole);
  compareLists(whole);
  if (
    whole.isSound('holds', 'deadlineMs') &&
    whole.isSound('holds', 'recheckMs') &&
    configuration.holds.deadlineMs < configuration.holds.recheckMs
  ) {
    whole.refuse(['holds', 'deadlineMs'], 'is shorter than holds.recheckMs');
  }
}

function compareApprovals({ configuration, isSound, refuse }: Whole): void {
  const { approval, policy, approvals: proofs } = configuration;
  if ((approval === undefined) === (policy === undefined)) {
    refuse(
      [approval === undefined ? 'approval' : 'policy'],
      'either approval or policy says who must agree: give exactly one of the two',
    );
  }
  if (
    isSound('approvals', 'issuers') &&
    proofs?.requireProof === true &&
    Object.keys(proofs.issuers).length === 0
  ) {
    refuse(['approvals', 'issuers'], 'is empty: with requireProof nobody could ever approve');
  }
}

function compareAccounts({ configuration, isSound, refuse }: Whole): void {
  if (!isSound('accounts')) return;
  const accounts = Object.entries(configuration.accounts);
  if (accounts.length === 0) refuse(['accounts'], 'needs at least one account');
  for (const [name, account] of accounts) {
    if (!isSound('accounts', name) || !isSound('accounts', name, 'mode')) continue;
    if (isSound('mode') && account.mode !== configuration.mode) {
      refuse(
        ['accounts', name, 'mode'],
        `is ${account.mode}, but the installation's mode is ${configuration.mode}: one installation never mixes the two`,
      );
    }
    if (account.mode === 'live' && isSound('accounts', name, 'baseUrl') && isPlainHttp(account.baseUrl)) {
      refuse(['accounts', name, 'baseUrl'], 'must be https in live mode');
    }
  }
}

function compareRoutes({ configuration, isSound, refuse }: Whole): void {
  if (!isSound('accounts') || !isSound('routes')) return;
  for (const [index, rule] of configuration.routes.entries()) {
    if (!isSound('routes', index) || !isSound('routes', index, 'account')) continue;
    // An account whose name is not allowed is there, and said to be wrong itself.
    if (!Object.hasOwn(configuration.accounts, rule.account) && isSound('accounts', rule.account)) {
      const known = Object.keys(configuration.accounts);
      refuse(
        ['routes', index, 'account'],
        `names no account of this file: ${rule.account}${didYouMean(rule.account, known)}`,
      );
    }
  }
}

function compareScreening({ configuration, isSound, refuse }: Whole): void {
  if (!isSound('screening')) return;
  const {
    testList,
    similarity,
    watchman: service,
    maxUnreadableShare,
    scriptShare,
  } = configuration.screening;
  const isLive = isSound('mode') && configuration.mode === 'live';
  if (isLive && isSound('screening', 'testList') && testList) {
    refuse(['screening', 'testList'], 'is not allowed in live mode: its names are invented');
  }
  const onlyDown = (path: readonly string[], value: () => string, cautious: string): void => {
    if (isLive && isSound('screening', ...path) && Number(value()) > Number(cautious)) {
      refuse(['screening', ...path], `must be at most ${cautious} in live mode: above it, listed names pass`);
    }
  };
  onlyDown(['maxUnreadableShare'], () => maxUnreadableShare, shareDefaults.maxUnreadableShare);
  if (
    isLive &&
    isSound('screening', 'scriptShare') &&
    Number(scriptShare) < Number(shareDefaults.scriptShare)
  ) {
    refuse(
      ['screening', 'scriptShare'],
      `must be at least ${shareDefaults.scriptShare} in live mode: below it, names that were compared with few entries pass`,
    );
  }
  if (isSound('screening', 'similarity')) {
    if (
      isSound('screening', 'similarity', 'matchFrom') &&
      isSound('screening', 'similarity', 'possibleFrom') &&
      Number(similarity.matchFrom) < Number(similarity.possibleFrom)
    ) {
      refuse(['screening', 'similarity', 'matchFrom'], 'is less than possibleFrom');
    }
    onlyDown(['similarity', 'possibleFrom'], () => similarity.possibleFrom, similarityDefaults.possibleFrom);
  }
  if (service === undefined || !isSound('screening', 'watchman')) return;
  onlyDown(['watchman', 'reviewFrom'], () => service.reviewFrom, watchmanReviewFrom);
  if (isSound('screening', 'watchman', 'lists') && Object.keys(service.lists).length === 0) {
    refuse(['screening', 'watchman', 'lists'], 'needs at least one list that must be loaded');
  }
  if (isLive && isSound('screening', 'watchman', 'baseUrl') && isPlainHttp(service.baseUrl)) {
    refuse(['screening', 'watchman', 'baseUrl'], 'must be https in live mode, or on this machine');
  }
}

function compareLists({ configuration, isSound, refuse }: Whole): void {
  if (!isSound('screening')) return;
  const { lists, testList, watchman: service, blockedBanks } = configuration.screening;
  const eachName = (
    key: 'lists' | 'blockedBanks',
    named: readonly { readonly name: string }[],
    problem: (name: string, index: number, names: readonly string[]) => string | undefined,
  ): void => {
    if (!isSound('screening', key)) return;
    const isNamed = (index: number): boolean =>
      isSound('screening', key, index) && isSound('screening', key, index, 'name');
    const names = named.map((one, index) => (isNamed(index) ? one.name : ''));
    for (const [index, name] of names.entries()) {
      const message = isNamed(index) ? problem(name, index, names) : undefined;
      if (message !== undefined) refuse(['screening', key, index, 'name'], message);
    }
  };
  const twice = (name: string, index: number, names: readonly string[]): string | undefined =>
    names.indexOf(name) < index ? 'stands there twice' : undefined;
  eachName('blockedBanks', blockedBanks, twice);
  eachName(
    'lists',
    lists,
    (name, index, names) =>
      twice(name, index, names) ??
      (reservedListNames.has(name) ? 'stands for something else in decisions' : undefined),
  );
  const areSound = isSound('screening', 'lists') && isSound('screening', 'testList');
  if (areSound && lists.length === 0 && !testList && service === undefined) {
    refuse(
      ['screening', 'lists'],
      'is empty: without a list nothing can be screened, and nothing passes unscreened (add screening.watchman, or in a sandbox "testList": true)',
    );
  }
}

const isPlainHttp = (baseUrl: string): boolean => {
  if (!URL.canParse(baseUrl)) return false;
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
};
