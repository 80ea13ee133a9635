import { joinPath } from '../validation/json-limits';
import { didYouMean } from '../validation/nearest-name';
import { PayoutClientError } from './errors';

/** What one field of an argument may be. */
export type Field = {
  /** In words: `must be …`. */
  readonly expects: string;
  readonly accepts: (value: unknown) => boolean;
  readonly isOptional?: true;
};

/** Every field of an argument type, its unions' members together: one that is not here would be refused as unknown. */
export type FieldsOf<T> = { readonly [Name in NamesIn<T>]-?: Field };
type NamesIn<T> = T extends unknown ? keyof T : never;

export const optional = (field: Field): Field => ({ ...field, isOptional: true });

export const oneOf = (words: readonly string[]): Field => ({
  expects: `one of ${words.join(', ')}`,
  accepts: (value) => typeof value === 'string' && words.includes(value),
});

export const matching = (pattern: RegExp, what: string): Field => ({
  expects: `${what} (${pattern.source})`,
  accepts: (value) => typeof value === 'string' && pattern.test(value),
});

export const text = (least: number, most: number): Field => ({
  expects: `text of ${least} to ${most} characters`,
  accepts: (value) => typeof value === 'string' && value.length >= least && value.length <= most,
});

/** Timers of Node cannot wait for longer: beyond, they do not wait at all. */
export const longestTimeMs = 2 ** 31 - 1;

export const milliseconds = (least: number): Field => ({
  expects: `a number of milliseconds from ${least} to ${longestTimeMs}`,
  accepts: (value) => typeof value === 'number' && value >= least && value <= longestTimeMs,
});

export const wholeNumber = (least: number, most: number): Field => ({
  expects: `a whole number ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}`,
  accepts: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
});

export const truthValue: Field = {
  expects: 'true or false',
  accepts: (value) => typeof value === 'boolean',
};

/** By shape: a signal of another realm (a test runner, a polyfill) is one, too. */
export const abortSignal: Field = {
  expects: 'an AbortSignal',
  accepts: (value) =>
    isObject(value) &&
    typeof value['aborted'] === 'boolean' &&
    typeof value['addEventListener'] === 'function',
};

export const someFunction: Field = {
  expects: 'a function',
  accepts: (value) => typeof value === 'function',
};

export const someObject: Field = { expects: 'an object', accepts: (value) => isObject(value) };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Throws `arguments_invalid` for what a method does not take: something else than one object, an unknown name, a missing or
 * unusable field. All faults come at once; none shows a value. `ignored` are names that may stand there without a meaning.
 */
export function assertArguments(
  method: string,
  given: unknown,
  fields: Readonly<Record<string, Field>>,
  ignored: ReadonlySet<string> = new Set(),
): void {
  const names = Object.keys(fields);
  if (!isObject(given)) throw invalid(method, [notAnObject(given, fields)]);
  const unknown = Object.keys(given).filter((name) => !names.includes(name) && !ignored.has(name));
  const faults = [
    ...unknown.map((name) => `${joinPath('', name)} is not known${hint(name, names)}`),
    ...names.flatMap((name) => faultOf(name, fields[name], given[name])),
  ];
  if (faults.length > 0) throw invalid(method, faults);
}

function faultOf(name: string, field: Field | undefined, value: unknown): readonly string[] {
  if (field === undefined || (value === undefined && field.isOptional === true)) return [];
  if (value === undefined) return [`${name} is missing: ${field.expects}`];
  return field.accepts(value) ? [] : [`${name} must be ${field.expects}`];
}

const hint = (name: string, names: readonly string[]): string =>
  didYouMean(name, names) || `; it takes ${names.join(', ')}`;

function notAnObject(given: unknown, fields: Readonly<Record<string, Field>>): string {
  const needed = Object.keys(fields).filter((name) => fields[name]?.isOptional !== true);
  const takes = `it takes one object with ${needed.length === 0 ? 'options' : needed.join(', ')}`;
  return typeof given === 'string' && needed.includes('reference')
    ? `${takes}; parsePayoutAddress reads one out of a text such as acme/r-1`
    : takes;
}

const invalid = (method: string, faults: readonly string[]): PayoutClientError =>
  new PayoutClientError('arguments_invalid', `${method}: ${faults.join('; ')}`);
