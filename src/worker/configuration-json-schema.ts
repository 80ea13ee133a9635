import { z } from 'zod';
import { configurationSchema } from '../config/configuration-schema';
import { accountSettingsSchema } from '../providers/account-settings';
import type { AnyProviderModule } from '../providers/provider-registry';

type JsonSchema = { [name: string]: unknown };

/**
 * The JSON schema of the configuration file, for editors: what `config/payouts.schema.json` holds. Each provider's own
 * settings and credential names apply to the accounts that name it. It knows less than the worker (no rules between two
 * fields), so a file that it accepts still goes through `payouts config check`.
 */
export function configurationJsonSchema(modules: readonly AnyProviderModule[]): JsonSchema {
  const whole = toJsonSchema(configurationSchema);
  const account = below(whole, 'properties', 'accounts', 'additionalProperties');
  const members = below(account, 'properties');
  members['provider'] = { enum: modules.map(({ provider }) => provider) };
  members['common'] = toJsonSchema(accountSettingsSchema);
  account['allOf'] = modules.map((module) => ({
    if: { properties: { provider: { const: module.provider } } },
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
