import { configurationPath } from './configuration-problem';
import type { ConfigurationProblem } from './configuration-problem';

/**
 * Names that stand twice in one object of a valid JSON text, and names that JavaScript treats specially. `JSON.parse`
 * silently keeps the last of two accounts with the same id; here that would pay from the wrong one.
 */
export function duplicateKeyProblems(json: string): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  /** One entry per open object or array: its names, or the index of the current element. */
  const open: { names?: Set<string>; key: PropertyKey }[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},:]/g;
  let awaitsName = false;
  for (const [token] of json.matchAll(tokens)) {
    const top = open.at(-1);
    if (token === '{') {
      open.push({ names: new Set(), key: '' });
      awaitsName = true;
    } else if (token === '[') {
      open.push({ key: 0 });
      awaitsName = false;
    } else if (token === '}' || token === ']') {
      open.pop();
      awaitsName = false;
    } else if (token === ',') {
      if (top?.names) awaitsName = true;
      else if (typeof top?.key === 'number') top.key += 1;
    } else if (token !== ':' && awaitsName && top?.names) {
      const name = String(JSON.parse(token));
      top.key = name;
      awaitsName = false;
      const path = configurationPath(open.map(({ key }) => key));
      if (name === '__proto__') problems.push({ path, message: 'is a name that is never allowed' });
      if (top.names.has(name)) problems.push({ path, message: 'stands twice in the same object' });
      top.names.add(name);
    }
  }
  return problems;
}
