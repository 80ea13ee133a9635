import { scrubText } from './scrub-text';

/** Fields of one log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Makes the fields of a log line safe to print. It works by permission: a text is printed only under a name of
 * `publicWords` or `ownSentences`, everything else is `[redacted]`, so a field that somebody adds without thinking tells nothing.
 * Numbers and booleans are printed under any name but a forbidden one. Never throws, ends on circular values.
 */
export function redactFields(fields: LogFields): Record<string, unknown> {
  try {
    return redactObject(fields, 0, new Set());
  } catch {
    return { unprintable: true };
  }
}

/**
 * Names whose text is public by the project's own rules: ids, statuses, codes, places. A payout's reference and tenant
 * are documented as public. Only one printable word is printed, never a sentence. Add a name only when nothing typed by
 * a person about a beneficiary can stand under it.
 */
const publicWords: ReadonlySet<string> = new Set([
  // ours
  'account',
  'accounts',
  'attemptKey',
  'build',
  'code',
  'configurationHash',
  'currency',
  'effect',
  'fingerprint',
  'format',
  'hash',
  'heldReason',
  'host',
  'id',
  'installation',
  'kind',
  'lists',
  'method',
  'missing',
  'mode',
  'moneyMoved',
  'operation',
  'owner',
  'path',
  'pausedFor',
  'provider',
  'providerCode',
  'providerPayoutId',
  'providerStatus',
  'queue',
  'reason',
  'reference',
  'requestId',
  'role',
  'signal',
  'state',
  'status',
  'tenant',
  'version',
  'what',
  // Temporal's
  'activityId',
  'activityType',
  'buildId',
  'deploymentName',
  'identity',
  'namespace',
  'nodeVersion',
  'runId',
  'sdkComponent',
  'sdkVersion',
  'searchAttributes',
  'target',
  'taskQueue',
  // Of a message to a workflow: `decide`, `cancel`.
  'updateName',
  'workflowId',
  'workflowRunId',
  'workflowType',
]);

/** Sentences of ours that hold no values by rule, printed after a scrub. Not `message`: anything is called that. */
const ownSentences: ReadonlySet<string> = new Set([
  'problem',
  'problems',
  'warning',
  'warnings',
  'remark',
  'file',
  'advice',
]);

/** Not even numbers: an account number may come as one. */
const forbiddenNames =
  /name$|number|phone|email|mail$|card|iban|pan$|address$|wallet|memo|secret|password|token|key$|credential|authorization|cookie|signature|beneficiary|payer|body|payload|headers?$/i;

const isForbidden = (name: string): boolean =>
  !publicWords.has(name) && !ownSentences.has(name) && forbiddenNames.test(name);

/** An account's id is a short name; a run of digits under that name is somebody's account number. */
const isPublicWord = (name: string, text: string): boolean =>
  publicWords.has(name) &&
  /^[\x21-\x7e]{1,300}$/.test(text) &&
  !(/^accounts?$/.test(name) && /\d{6}/.test(text));

const deepest = 6;
const widest = 100;

function redactObject(value: object, depth: number, above: Set<object>): Record<string, unknown> {
  const printed: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value).slice(0, widest)) {
    printed[name] = isForbidden(name) ? '[redacted]' : redactValue(name, member, depth, above);
  }
  return printed;
}

function redactValue(name: string, value: unknown, depth: number, above: Set<object>): unknown {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return value;
    case 'number':
      return value;
    case 'bigint':
    case 'function':
    case 'symbol':
      return '[redacted]';
    case 'string':
      if (isPublicWord(name, value)) return value;
      return ownSentences.has(name) ? scrubText(value) : '[redacted]';
    case 'object':
      break;
  }
  if (value === null) return null;
  if (depth >= deepest || above.has(value)) return '[redacted]';
  above.add(value);
  try {
    if (value instanceof Error || isErrorLike(value)) return describeError(value, depth, above);
    if (Array.isArray(value)) {
      return value.slice(0, widest).map((element) => redactValue(name, element, depth + 1, above));
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    // Buffers, Secrets, Maps, class instances: whatever they would print is not ours to judge.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return '[redacted]';
    return redactObject(value, depth + 1, above);
  } finally {
    above.delete(value);
  }
}

/** An error of another realm (a workflow's VM) is no `instanceof Error` here. */
const isErrorLike = (value: object): boolean =>
  'stack' in value && 'message' in value && typeof value.stack === 'string';

/**
 * An error's class, code, failure type and stack frames. Its message is withheld unless the class is known to write
 * messages that hold no data: a provider's reply, a name or `JSON.parse`'s input may be quoted in any other.
 */
function describeError(error: object, depth: number, above: Set<object>): Record<string, unknown> {
  const { name, message, stack, code, type, cause, errors, nonRetryable, activityType, retryState } =
    error as Record<string, unknown>;
  const className = identifier(name) ?? identifier(error.constructor?.name) ?? 'Error';
  const text = typeof message === 'string' ? message : '';
  return {
    error: className,
    ...optional('code', identifier(code) ?? (typeof code === 'number' ? code : undefined)),
    ...optional('type', identifier(type)),
    ...optional('activityType', identifier(activityType)),
    ...optional('retryState', identifier(retryState)),
    ...optional('nonRetryable', typeof nonRetryable === 'boolean' ? nonRetryable : undefined),
    message: mayPrintMessage(className, text) ? scrubText(text) : '[withheld]',
    ...optional('frames', framesOf(stack, text)),
    ...optional('cause', nested(cause, depth, above)),
    ...(Array.isArray(errors)
      ? { errors: errors.slice(0, 10).map((inner: unknown) => nested(inner, depth, above)) }
      : {}),
  };
}

const optional = (name: string, value: unknown): Record<string, unknown> =>
  value === undefined ? {} : { [name]: value };

const nested = (value: unknown, depth: number, above: Set<object>): unknown =>
  typeof value === 'object' && value !== null ? redactValue('cause', value, depth + 1, above) : undefined;

/** Codes and class names are identifiers; anything else under that name is data. */
const identifier = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z_$][\w$.:-]{0,79}$/.test(value) && !/\d{6}/.test(value)
    ? value
    : undefined;

const classesWithPlainMessages: ReadonlySet<string> = new Set([
  'SendFailure',
  'UnsafeSettingError',
  'WorkerStartError',
  'TransportError',
  'IllegalStateError',
  'DeterminismViolationError',
  'ReplayError',
]);

/** V8's own sentences, which name code and not data. */
const plainMessages: readonly RegExp[] = [
  /^Cannot (read|set) properties of (undefined|null)( \((reading|setting) '[\w$]{1,60}'\))?$/,
  /^[\w$.]{1,80} is not (a function|iterable|defined|a constructor)$/,
  /^Maximum call stack size exceeded$/,
  /^Invalid time value$/,
];

const mayPrintMessage = (className: string, message: string): boolean =>
  classesWithPlainMessages.has(className) || plainMessages.some((pattern) => pattern.test(message));

/** Where it happened: lines `at function (file:line:column)`, without the message that stands above them. */
function framesOf(stack: unknown, message: string): readonly string[] | undefined {
  if (typeof stack !== 'string') return undefined;
  // A message may hold lines that look like frames.
  const below = message === '' ? stack : stack.replace(message, '');
  const frames = below
    .split('\n')
    .map((line) => line.trim())
    .filter((line) =>
      /^at [\w$.<>[\] #]{0,120}\(?(?:node:|file:\/\/|webpack|\/|[A-Z]:\\)[^\s()]{1,300}:\d+:\d+\)?$/.test(
        line,
      ),
    )
    .slice(0, 12)
    .map((line) => line.slice(0, 300));
  return frames.length > 0 ? frames : undefined;
}
