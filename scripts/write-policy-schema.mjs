// Writes config/policy.schema.json from the compiled schema. Run after `npm run build`; a test compares the two.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';

const require = createRequire(import.meta.url);
const { policyJsonSchema } = require('../dist/config/policy-json-schema.js');
const file = new URL('../config/policy.schema.json', import.meta.url);
const json = JSON.stringify(policyJsonSchema());
writeFileSync(file, await format(json, { ...(await resolveConfig(file)), parser: 'json' }));
