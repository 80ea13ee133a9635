import type { MeantKey } from './schema-problems';

type Renamed = { readonly json: unknown; readonly renamed: readonly (readonly PropertyKey[])[] };

/** The same JSON with each misspelt key as it was meant, where that key is not there. Undefined: there is none to rename. */
export function withMeantKeys(json: unknown, meantKeys: readonly MeantKey[]): Renamed | undefined {
  const copy: unknown = structuredClone(json);
  const renamed = meantKeys.filter(({ keys, meant }) => {
    const written = String(keys.at(-1));
    const parent = objectAt(copy, keys.slice(0, -1));
    if (parent === undefined || Object.hasOwn(parent, meant)) return false;
    parent[meant] = parent[written];
    delete parent[written];
    return true;
  });
  return renamed.length === 0 ? undefined : { json: copy, renamed: renamed.map(({ keys }) => keys) };
}

function objectAt(json: unknown, keys: readonly PropertyKey[]): Record<string, unknown> | undefined {
  let at = json;
  for (const key of keys) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  return at as Record<string, unknown> | undefined;
}
