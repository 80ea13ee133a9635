// Writes config/payouts.schema.json from the compiled schemas. Run after `npm run build`; a test compares the two.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';

const require = createRequire(import.meta.url);
const { configurationJsonSchema } = require('../dist/config/configuration-json-schema.js');
const { accountSettingsSchema } = require('../dist/providers/account-settings.js');
const { providerModules } = require('../dist/providers/provider-registry.js');
const file = new URL('../config/payouts.schema.json', import.meta.url);
const json = JSON.stringify(
  configurationJsonSchema({ modules: providerModules, common: accountSettingsSchema }),
);
writeFileSync(file, await format(json, { ...(await resolveConfig(file)), parser: 'json' }));
