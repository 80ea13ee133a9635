/** Reads docker-compose.yml far enough to check what `docker compose` would find out only on a machine with Docker. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const dependency = z.strictObject({
  condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
});

const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), dependency).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()) }).optional(),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
});

const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeFile = z.infer<typeof composeFile>;
export type ComposeService = ComposeFile['services'][string];

/** Parses the file and puts in the variables as compose does. Throws on a required variable without a value. */
export function readComposeFile(
  path: string,
  variables: Readonly<Record<string, string | undefined>>,
): ComposeFile {
  const document: unknown = parse(readFileSync(path, 'utf8'), { merge: true });
  return composeFile.parse(interpolateEverywhere(document, variables));
}

function interpolateEverywhere(
  value: unknown,
  variables: Readonly<Record<string, string | undefined>>,
): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolateEverywhere(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, interpolateEverywhere(item, variables)]),
  );
}

/**
 * Compose's variables: `$$`, `$NAME`, `${NAME}`, and after a name `:-` default, `-` default, `:?` error, `?` error. With a
 * colon an empty value counts as missing. Anything else after a dollar sign is an error, as it is for compose.
 */
export function interpolate(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  const variable = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?])([^}]*))?\})?/g;
  return text.replaceAll(
    variable,
    (all, dollar?: string, bare?: string, braced?: string, kind = '', rest = '') => {
      if (dollar !== undefined) return '$';
      const name = bare ?? braced;
      if (name === undefined) throw new Error(`invalid interpolation in: ${text}`);
      const value = variables[name];
      const missing = value === undefined || (kind.startsWith(':') && value === '');
      if (!missing) return value;
      if (kind.endsWith('-')) return rest;
      if (kind.endsWith('?')) throw new Error(`required variable ${name} is missing a value: ${rest}`);
      throw new Error(`variable ${name} in ${all} has no value and no default`);
    },
  );
}

/** Parses a file of `NAME=value` lines, as `docker compose --env-file` does with plain ones. */
export function readEnvFile(path: string): Readonly<Record<string, string>> {
  const lines = readFileSync(path, 'utf8').split('\n');
  return Object.fromEntries(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
