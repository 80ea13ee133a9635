import { z } from 'zod';
import { policySchema } from './policy-schema';

/**
 * The JSON schema of the policy file, for editors: what `config/policy.schema.json` holds. It knows less than
 * `payouts policy check`, which also looks at rules, roles and people together.
 */
export const policyJsonSchema = (): Readonly<Record<string, unknown>> => ({
  ...z.toJSONSchema(policySchema, { io: 'input', unrepresentable: 'any', reused: 'inline' }),
  title: 'Payout policy of durable-payouts',
});
