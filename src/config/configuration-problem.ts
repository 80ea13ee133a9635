/** One thing wrong with a configuration: where (`accounts.main.baseUrl`; empty: the file as a whole), and what. */
export type ConfigurationProblem = { readonly path: string; readonly message: string };

/** One line per problem. */
export const formatConfigurationProblem = ({ path, message }: ConfigurationProblem): string =>
  path === '' ? message : `${path}: ${message}`;

/** `['routes', 0, 'when', 'countries']` as `routes[0].when.countries`. */
export const configurationPath = (keys: readonly PropertyKey[]): string =>
  keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    const name = String(key)
      .slice(0, 64)
      .replaceAll(/[^\x20-\x7e]/g, '?');
    return path === '' ? name : `${path}.${name}`;
  }, '');
