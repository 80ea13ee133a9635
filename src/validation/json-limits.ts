/** One thing wrong with an input: where, and what. Neither ever holds the value itself. */
export type Problem = { readonly path: string; readonly message: string };

/** Bounds on a JSON value that comes from outside. */
export type JsonLimits = {
  readonly depth: number;
  /** Members and elements in all. */
  readonly nodes: number;
  /** UTF-16 units of all strings and member names in all. */
  readonly text: number;
};

const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Refuses what is too deep, too big or no plain JSON, before anything expensive looks at it. Visits at most
 * `limits.nodes` values, so a hostile input costs as little as an honest one.
 */
export function jsonProblem(input: unknown, limits: JsonLimits): Problem | undefined {
  let nodes = 0;
  let text = 0;
  const visit = (value: unknown, path: string, depth: number): Problem | undefined => {
    nodes += 1;
    if (nodes > limits.nodes) return { path: '', message: `has more than ${limits.nodes} fields` };
    if (typeof value === 'string') {
      text += value.length;
      return text > limits.text ? tooBig(limits) : undefined;
    }
    // `undefined` members vanish on the way through JSON; callers in TypeScript write them.
    if (value === null || value === undefined || typeof value === 'boolean') return undefined;
    if (typeof value === 'number') {
      return Number.isFinite(value) ? undefined : { path, message: 'is no JSON number' };
    }
    if (typeof value !== 'object') return { path, message: `is no JSON value (${typeof value})` };
    if (depth >= limits.depth) return { path, message: `is nested more than ${limits.depth} levels deep` };
    if (Array.isArray(value)) {
      if (value.length > limits.nodes) {
        return { path: '', message: `has more than ${limits.nodes} fields` };
      }
      for (const [index, element] of value.entries()) {
        const problem = visit(element, joinPath(path, index), depth + 1);
        if (problem) return problem;
      }
      return undefined;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    // Another realm (a VM, a test runner) has an Object.prototype of its own, which has no prototype either.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      return { path, message: 'must be a plain JSON object' };
    }
    for (const key of Object.keys(value)) {
      text += key.length;
      if (text > limits.text) return tooBig(limits);
      const below = joinPath(path, key);
      if (forbiddenKeys.has(key)) return { path: below, message: 'is a name that is never allowed' };
      const problem = visit((value as Record<string, unknown>)[key], below, depth + 1);
      if (problem) return problem;
    }
    return undefined;
  };
  return visit(input, '', 0);
}

const tooBig = (limits: JsonLimits): Problem => ({ path: '', message: `is larger than ${limits.text} characters` });

/** Paths are for people (`metadata.order`, `lists[2]`); a name that somebody chose is cut and kept printable. */
export function joinPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = String(key)
    .slice(0, 48)
    .replaceAll(/[^A-Za-z0-9_.:$-]/g, '?');
  return path === '' ? name : `${path}.${name}`;
}

export const formatPath = (keys: readonly PropertyKey[]): string => keys.reduce<string>(joinPath, '');
