import { identifierKey, isAtAnotherBank } from './identifiers';
import type { PayeeIdentifier } from './identifiers';
import type { ListEntry } from './parse-list';

/** The identifiers of one list, in the form in which they are compared. */
export type IdentifierIndex = {
  /** Every entry that holds one of them, once. */
  find(asked: readonly PayeeIdentifier[]): readonly ListEntry[];
};

export function createIdentifierIndex(entries: readonly ListEntry[]): IdentifierIndex {
  const byKey = new Map<string, { readonly entry: ListEntry; readonly listed: PayeeIdentifier }[]>();
  for (const entry of entries) {
    for (const listed of entry.identifiers) {
      const key = identifierKey(listed);
      byKey.set(key, [...(byKey.get(key) ?? []), { entry, listed }]);
    }
  }
  return {
    find: (asked) => [
      ...new Set(
        asked.flatMap((identifier) =>
          (byKey.get(identifierKey(identifier)) ?? [])
            .filter(({ listed }) => !isAtAnotherBank(listed, identifier))
            .map(({ entry }) => entry),
        ),
      ),
    ],
  };
}
