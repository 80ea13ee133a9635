/**
 * The environment for PostgreSQL's programs, without any `PG*` variable: a developer's shell often names another
 * database with them. Messages come in English, because some of them are read.
 */
export function withoutPostgresVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !/^(PG|LC_)[A-Z_]*$|^LANGUAGE$/.test(name))),
    LC_ALL: 'C',
  };
}
