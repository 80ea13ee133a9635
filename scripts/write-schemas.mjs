// Writes the JSON schemas in config/ from the compiled schemas. Run after `npm run build`; tests compare them.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';

const require = createRequire(import.meta.url);
const { configurationJsonSchema } = require('../dist/config/configuration-json-schema.js');
const { policyJsonSchema } = require('../dist/config/policy-json-schema.js');
const { accountSettingsSchema } = require('../dist/providers/account-settings.js');
const { providerModules } = require('../dist/providers/provider-registry.js');

const schemas = {
  'payouts.schema.json': configurationJsonSchema({ modules: providerModules, common: accountSettingsSchema }),
  'policy.schema.json': policyJsonSchema(),
};
for (const [name, schema] of Object.entries(schemas)) {
  const file = new URL(`../config/${name}`, import.meta.url);
  const options = { ...(await resolveConfig(file)), parser: 'json' };
  writeFileSync(file, await format(JSON.stringify(schema), options));
}
