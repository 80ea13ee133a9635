import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { TemporalServerError } from './temporal-server-error';

export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

export type SearchAttribute = { readonly name: string; readonly type: SearchAttributeType };

/** `temporal.api.enums.v1.IndexedValueType`; written out because `@temporalio/proto` is not a dependency at run time. */
const INDEXED_VALUE_TYPE: Readonly<Record<SearchAttributeType, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/** On a real cluster a new namespace and its attributes reach every frontend only within about 10 s. */
const VISIBLE_WITHIN_MS = 20_000;

/**
 * Registers what is missing on a server that we did not start ourselves; what is there with the right type stays as it
 * is, so this can be repeated. Returns the names that were added, once the server shows them.
 *
 * Throws `search_attribute_conflict` when a name is there with another type: a type can never be changed.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  attributes: readonly SearchAttribute[],
): Promise<readonly string[]> {
  const missing = missingAttributes(await existingAttributes(connection, namespace), namespace, attributes);
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, INDEXED_VALUE_TYPE[type]])),
    });
  } catch (error) {
    // Somebody else may have registered them at the same moment: what counts is what the server shows below.
    if (!isAlreadyExists(error)) throw error;
  }
  const deadline = performance.now() + VISIBLE_WITHIN_MS;
  for (;;) {
    const absent = missingAttributes(await existingAttributes(connection, namespace), namespace, attributes);
    if (absent.length === 0) return missing.map(({ name }) => name);
    if (performance.now() > deadline) {
      const names = absent.map(({ name }) => name).join(', ');
      throw new TemporalServerError(
        'search_attributes_not_visible',
        `Search attributes ${names} were registered in namespace ${namespace}, but the server does not show them`,
      );
    }
    await sleep(100);
  }
}

async function existingAttributes(
  connection: Connection,
  namespace: string,
): Promise<Readonly<Record<string, number>>> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return customAttributes ?? {};
}

function missingAttributes(
  existing: Readonly<Record<string, number>>,
  namespace: string,
  wanted: readonly SearchAttribute[],
): readonly SearchAttribute[] {
  return wanted.filter(({ name, type }) => {
    const found = existing[name];
    if (found === undefined) return true;
    if (found === INDEXED_VALUE_TYPE[type]) return false;
    const actual =
      Object.entries(INDEXED_VALUE_TYPE).find(([, value]) => value === found)?.[0] ?? `type ${found}`;
    throw new TemporalServerError(
      'search_attribute_conflict',
      `Search attribute ${name} in namespace ${namespace} is ${actual}, but ${type} is needed`,
    );
  });
}

const GRPC_ALREADY_EXISTS = 6;

function isAlreadyExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === GRPC_ALREADY_EXISTS;
}
