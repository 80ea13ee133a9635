import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import { TemporalServerError } from './temporal-server-error';

/** What registration needs of a search attribute; a key made by the SDK's `defineSearchAttributeKey` is one. */
export type SearchAttribute = { readonly name: string; readonly type: SearchAttributeType };

/**
 * How the CLI spells each type, and its number in `temporal.api.enums.v1.IndexedValueType` (written out because
 * `@temporalio/proto` is not a dependency at run time).
 */
const SPELLINGS: Readonly<Record<SearchAttributeType, { readonly cli: string; readonly indexed: number }>> = {
  TEXT: { cli: 'Text', indexed: 1 },
  KEYWORD: { cli: 'Keyword', indexed: 2 },
  INT: { cli: 'Int', indexed: 3 },
  DOUBLE: { cli: 'Double', indexed: 4 },
  BOOL: { cli: 'Bool', indexed: 5 },
  DATETIME: { cli: 'Datetime', indexed: 6 },
  KEYWORD_LIST: { cli: 'KeywordList', indexed: 7 },
};

/** `Name=Type`, as `--search-attribute` of the development server takes it. */
export function toCliFlag({ name, type }: SearchAttribute): string {
  return `${name}=${SPELLINGS[type].cli}`;
}

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
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, SPELLINGS[type].indexed])),
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
    if (found === SPELLINGS[type].indexed) return false;
    const actual = Object.values(SPELLINGS).find(({ indexed }) => indexed === found)?.cli ?? `type ${found}`;
    throw new TemporalServerError(
      'search_attribute_conflict',
      `Search attribute ${name} in namespace ${namespace} is ${actual}, but ${SPELLINGS[type].cli} is needed`,
    );
  });
}

const GRPC_ALREADY_EXISTS = 6;

function isAlreadyExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === GRPC_ALREADY_EXISTS;
}
