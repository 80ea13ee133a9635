import { z } from 'zod';
import type { AnyProviderModule } from '../providers/provider-registry';
import { configurationSchema } from './configuration-schema';

type JsonSchema = { [name: string]: unknown };

/**
 * The JSON schema of the configuration file, for editors: what `config/payouts.schema.json` holds. Each provider's own
 * settings and credential names apply to the accounts that name it. It knows less than the worker (no rules between two
 * fields), so a file that it accepts still goes through `payouts config check`.
 */
export function configurationJsonSchema(providers: {
  readonly modules: readonly AnyProviderModule[];
  /** The settings that every account has. */
  readonly common: z.ZodType;
}): JsonSchema {
  const { modules, common } = providers;
  const whole = toJsonSchema(configurationSchema);
  const account = below(whole, 'properties', 'accounts', 'additionalProperties');
  const members = below(account, 'properties');
  members['provider'] = { enum: modules.map(({ provider }) => provider) };
  members['common'] = toJsonSchema(common);
  account['allOf'] = modules.map((module) => ({
    if: { properties: { provider: { const: module.provider } } },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's word for a condition's consequence
    then: {
      properties: {
        settings: toJsonSchema(module.settings),
        credentials: {
          properties: Object.fromEntries(
            module.credentials.map(({ name, description }) => [name, { description }]),
          ),
          required: module.credentials.filter(({ required }) => required).map(({ name }) => name),
        },
      },
    },
  }));
  return { ...whole, title: 'Configuration of durable-payouts' };
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  }) as JsonSchema;
  return schema === configurationSchema ? { $schema, ...rest } : rest;
}

function below(schema: JsonSchema, ...names: readonly string[]): JsonSchema {
  let at = schema;
  for (const name of names) {
    const next = at[name];
    if (typeof next !== 'object' || next === null) throw new Error(`the schema has no ${names.join('.')}`);
    at = next as JsonSchema;
  }
  return at;
}
