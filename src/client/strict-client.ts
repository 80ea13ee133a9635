import { accountPattern, referencePattern, tenantPattern } from '../contract/workflow-ids';
import { personId } from '../domain/person';
import { isProofText } from '../domain/decision-proof';
import { payoutStatuses } from '../domain/payout-status';
import type { PayoutRequest } from '../domain/payout-request';
import { heldReasons } from '../domain/reason';
import { isPlainText, providerPayoutIdPattern } from '../domain/resolution';
import type { AccountCommand, PauseCommand } from './account-commands';
import {
  abortSignal,
  assertArguments,
  matching,
  milliseconds,
  oneOf,
  optional,
  someObject,
  text,
  truthValue,
  wholeNumber,
} from './arguments';
import { payoutAttentions } from './visibility-query';
import type { Field, FieldsOf } from './arguments';
import { PayoutClientError } from './errors';
import type { PayoutAddress } from './payout-address';
import type { PayoutClient, PayoutClientOptions } from './payout-client';
import type { DecideCommand, OperatorCommand, RecallCommand, ResolveCommand } from './payout-commands';
import type { EventsOptions } from './payout-events';
import type { HistoryOptions } from './payout-history';
import type { ListedPayout, ListOptions } from './payout-list';
import type { OutcomeOptions } from './payout-outcome';
import type { StartedPayout } from './start-payout';
import type { PayeeOptions } from './read-payout';
import type { ReplaceCommand } from './replace-payout';

const addressFields: FieldsOf<PayoutAddress> = {
  tenant: matching(tenantPattern, 'a tenant'),
  reference: matching(referencePattern, 'a reference'),
};

/**
 * Names that a value of ours carries beside an address. Whoever reads a payout, or does something with it, may hand in the request
 * that it was asked for by, what `start` returned, or an entry of a list. (`replace` and the commands about accounts take their
 * own names only.)
 */
const ofRequests: Readonly<Record<Exclude<keyof PayoutRequest, keyof PayoutAddress>, true>> = {
  schema: true,
  requestedBy: true,
  amount: true,
  source: true,
  destination: true,
  beneficiary: true,
  notAfter: true,
  limits: true,
  replaces: true,
  purpose: true,
  sourceOfFunds: true,
  payer: true,
  metadata: true,
  account: true,
};
const ofStarts: Readonly<Record<Exclude<keyof StartedPayout, keyof PayoutAddress>, true>> = {
  workflowId: true,
  runId: true,
  started: true,
};
const ofLists: Readonly<Record<Exclude<keyof ListedPayout, keyof PayoutAddress>, true>> = {
  workflowId: true,
  runId: true,
  taskQueue: true,
  status: true,
  final: true,
  moneyMoved: true,
  heldReason: true,
  attention: true,
  amount: true,
  account: true,
  attemptKey: true,
  providerPayoutId: true,
  startedAt: true,
  closedAt: true,
  closed: true,
  cursor: true,
};
const carriedNames: ReadonlySet<string> = new Set(
  [ofRequests, ofStarts, ofLists].flatMap((names) => Object.keys(names)),
);

const plainText = (least: number, most: number): Field => ({
  expects: `one line of ${least} to ${most} characters`,
  accepts: (value) => isPlainText(value, least, most),
});

const person = { ...text(1, 128), expects: 'who says so, 1 to 128 characters' };
const operatorFields: FieldsOf<OperatorCommand> = {
  ...addressFields,
  by: person,
  reason: optional(text(0, 500)),
};

const decideFields: FieldsOf<DecideCommand> = {
  ...operatorFields,
  decision: oneOf(['approve', 'reject']),
  digest: { ...text(1, 128), expects: 'what is decided about, the `approval.digest` of `get`' },
  proof: optional({ expects: 'one signed token', accepts: isProofText }),
};

const resolver: Field = {
  expects: 'who says so, 1 to 128 characters',
  accepts: (value) => typeof value === 'string' && value.length <= 128 && personId(value) !== '',
};
const reason = plainText(1, 500);
const proposal = matching(/^[A-Za-z0-9-]{1,64}$/, 'the id of the proposal, as `get` shows it');
/** What each action needs beside the address, the action and who says so. */
const resolveFields: {
  readonly [Action in ResolveCommand['action']]: Omit<
    FieldsOf<Extract<ResolveCommand, { readonly action: Action }>>,
    'tenant' | 'reference' | 'action' | 'by'
  >;
} = {
  adopt: {
    providerPayoutId: matching(providerPayoutIdPattern, 'the provider’s id'),
    reason: optional(reason),
  },
  'never-accepted': {
    evidence: {
      ...plainText(10, 500),
      expects: 'who at the provider said what, and when: one line of 10 to 500 characters',
    },
  },
  confirm: { proposal },
  reject: { proposal, reason: optional(reason) },
  'keep-waiting': { reason },
};

/** The year 9999; visibility queries know no later one. */
const moment = { ...wholeNumber(0, 253_402_300_799_999), expects: 'a time in Unix milliseconds' };
const attentionField: Field = {
  expects: `true, false or one of ${payoutAttentions.join(', ')}`,
  accepts: (value) => typeof value === 'boolean' || typeof value === 'string',
};

/** What each may be is said where the query is made. */
const listFields: FieldsOf<ListOptions> = {
  status: optional({
    expects: `one of ${payoutStatuses.join(', ')}, or several of them`,
    accepts: (value) => typeof value === 'string' || Array.isArray(value),
  }),
  tenant: optional(text(1, 128)),
  account: optional(text(1, 128)),
  held: optional({
    expects: `true, false or one of ${heldReasons.join(', ')}`,
    accepts: (value) => typeof value === 'boolean' || typeof value === 'string',
  }),
  limit: optional({
    expects: 'a number of at least 0',
    accepts: (value) => typeof value === 'number' && value >= 0,
  }),
  pageSize: optional(wholeNumber(1, 1000)),
  attention: optional(attentionField),
  since: optional(moment),
  until: optional(moment),
  after: optional({ ...text(1, 1000), expects: 'the cursor of a listed payout' }),
};

const eventsFields: FieldsOf<EventsOptions> = {
  ...addressFields,
  afterSeq: optional({
    ...wholeNumber(0, Number.MAX_SAFE_INTEGER),
    expects: 'the number of an event, or 0',
  }),
  pollMs: optional(milliseconds(1)),
  patienceMs: optional(milliseconds(0)),
  signal: optional(abortSignal),
};

const outcomeFields: FieldsOf<OutcomeOptions> = {
  ...addressFields,
  timeoutMs: optional(milliseconds(0)),
  signal: optional(abortSignal),
};

const payeeFields: FieldsOf<PayeeOptions> = { reveal: optional(truthValue) };
const historyFields: FieldsOf<HistoryOptions> = { ...addressFields, runId: optional(text(1, 128)) };
const workersFields = {
  taskQueue: optional(text(1, 1000)),
  tenant: optional(addressFields.tenant),
  reference: optional(addressFields.reference),
};
const recallFields: FieldsOf<RecallCommand> = {
  ...operatorFields,
  replacedBy: optional(matching(referencePattern, 'the reference of another payout')),
};
const replaceFields: FieldsOf<ReplaceCommand> = { ...operatorFields, request: someObject };

const accountFields = (why: Field): FieldsOf<AccountCommand> => ({
  account: matching(accountPattern, 'the id of a provider account'),
  by: { ...plainText(1, 128), expects: 'who says so, one line of 1 to 128 characters' },
  reason: why,
});

const pauseFields: FieldsOf<PauseCommand> = { ...accountFields(reason), everywhere: optional(truthValue) };

const clientFields: FieldsOf<PayoutClientOptions> = {
  client: optional({
    expects: 'a Client of @temporalio/client',
    accepts: (value) =>
      someObject.accepts(value) && someObject.accepts((value as { workflow?: unknown }).workflow),
  }),
  taskQueue: optional(text(1, 1000)),
  address: optional(text(1, 1000)),
  namespace: optional(text(1, 1000)),
  profile: optional(text(1, 1000)),
  env: optional(someObject),
  connectTimeoutMs: optional(milliseconds(1)),
  callTimeoutMs: optional(milliseconds(1)),
  answerTimeoutMs: optional(milliseconds(1)),
  startTimeoutMs: optional(milliseconds(1)),
};

/** Where to connect is for whoever connects: a client of the caller's own has done so. */
const connectionFields = ['address', 'namespace', 'profile', 'env', 'connectTimeoutMs'] as const;

export function assertClientOptions(options: unknown): void {
  assertArguments('createPayoutClient', options, clientFields);
  const given = options as Readonly<Record<string, unknown>>;
  const vain =
    given['client'] === undefined ? [] : connectionFields.filter((name) => given[name] !== undefined);
  if (vain.length > 0)
    throw new PayoutClientError(
      'arguments_invalid',
      `createPayoutClient: ${vain.join(', ')} cannot be given beside a client: it is connected already`,
    );
}

/**
 * Every method of a client behind one check of what it is given, and of whether the client was closed. `start` and `check` read
 * their requests themselves.
 */
export function strictClient(client: PayoutClient): PayoutClient {
  let isClosed = false;
  const assertOpen = (method: string): void => {
    if (isClosed)
      throw new PayoutClientError('client_closed', `${method}: this client was closed (\`close\`)`);
  };
  const read = (method: string, given: unknown, fields: Readonly<Record<string, Field>>): void => {
    assertOpen(method);
    assertArguments(method, given, fields, carriedNames);
  };
  const command = (method: string, given: unknown, fields: Readonly<Record<string, Field>>): void => {
    assertOpen(method);
    assertArguments(method, given, fields);
  };
  return {
    async start(request) {
      assertOpen('start');
      return client.start(request);
    },
    async check(request) {
      assertOpen('check');
      return client.check(request);
    },
    async get(payout) {
      read('get', payout, addressFields);
      return client.get(payout);
    },
    async payee(payout, options = {}) {
      read('payee', payout, addressFields);
      command('payee', options, payeeFields);
      return client.payee(payout, options);
    },
    async timeline(payout) {
      read('timeline', payout, addressFields);
      return client.timeline(payout);
    },
    events: (options) =>
      onceAsked(() => {
        read('events', options, eventsFields);
        return client.events(options);
      }),
    async history(options) {
      read('history', options, historyFields);
      return client.history(options);
    },
    list: (options = {}) =>
      onceAsked(() => {
        command('list', options, listFields);
        return client.list(options);
      }),
    async outcome(options) {
      read('outcome', options, outcomeFields);
      return client.outcome(options);
    },
    async decide(given) {
      read('decide', given, decideFields);
      return client.decide(given);
    },
    async cancel(given) {
      read('cancel', given, operatorFields);
      return client.cancel(given);
    },
    async recall(given) {
      read('recall', given, recallFields);
      return client.recall(given);
    },
    async replace(given) {
      command('replace', given, replaceFields);
      return client.replace(given);
    },
    async resume(given) {
      read('resume', given, operatorFields);
      return client.resume(given);
    },
    async resolve(given) {
      read('resolve', given, fieldsOfResolution(given));
      return client.resolve(given);
    },
    async pauseAccount(given) {
      command('pauseAccount', given, pauseFields);
      return client.pauseAccount(given);
    },
    async resumeAccount(given) {
      command('resumeAccount', given, accountFields(optional(reason)));
      return client.resumeAccount(given);
    },
    async toppedUp(given) {
      command('toppedUp', given, accountFields(optional(reason)));
      return client.toppedUp(given);
    },
    async workers(options = {}) {
      read('workers', options, workersFields);
      return client.workers(options);
    },
    accounts: () =>
      onceAsked(() => {
        assertOpen('accounts');
        return client.accounts();
      }),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await client.close();
    },
  };
}

/** Nothing happens, and nothing is refused, before somebody asks for the first one. */
async function* onceAsked<T>(items: () => AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  yield* items();
}

/** An action that is none has no fields of its own: only the action itself is wrong then. */
function fieldsOfResolution(given: unknown): Readonly<Record<string, Field>> {
  const common = { ...addressFields, by: resolver, action: oneOf(Object.keys(resolveFields)) };
  const action = someObject.accepts(given) ? (given as { readonly action?: unknown }).action : undefined;
  if (typeof action === 'string' && Object.hasOwn(resolveFields, action))
    return { ...common, ...resolveFields[action as ResolveCommand['action']] };
  const ofAnyAction = Object.values(resolveFields).flatMap((fields) => Object.keys(fields));
  return {
    ...common,
    ...Object.fromEntries(
      ofAnyAction.map((name) => [name, { expects: '', accepts: () => true, isOptional: true }]),
    ),
  };
}
