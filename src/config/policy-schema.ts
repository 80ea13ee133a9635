import { z } from 'zod';
import { personId } from '../domain/person';
import { compareAmounts } from '../domain/money';
import { mostHoursBack } from '../domain/policy/earlier-payout';
import { textProblem } from '../validation/text-problem';
import {
  boundProblem,
  currency,
  milliseconds,
  oneOrMore,
  plainAmount,
  requestConditions,
} from './configuration-schema';

/**
 * The policy file: one JSON object, `domain/policy/policy-document.ts`. `docs/policy.md` explains it and
 * `config/policy.schema.json` is made from this schema. What depends on more than one field (who fills a role, whether a
 * rule can be reached) is not asked here but by `policyProblems`.
 */

const day = 86_400_000;
const deadlineMs = milliseconds(1000, 90 * day);

/** Shown to people and compared by eye, so nothing may hide in it. */
const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .superRefine((value, context) => {
      const problem = textProblem(value, maxLength);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    });
const token = (pattern: RegExp, what: string) => z.string().regex(pattern, { error: `must be ${what}` });

const role = token(/^[a-z0-9-]{1,40}$/, '1 to 40 lower-case letters, digits and hyphens');
const account = role;
const tenant = token(/^[a-z0-9][a-z0-9-]{0,31}$/, '1 to 32 lower-case letters, digits and hyphens');
const metadataKey = token(/^[A-Za-z0-9_.-]{1,40}$/, 'a name of up to 40 letters, digits and _.-');

/** Everybody is written in one form from here on, so that the same policy has the same hash. */
const person = text(128)
  .refine((value) => personId(value) !== '', { error: 'is empty' })
  .overwrite(personId);

const range = z
  .strictObject({
    from: plainAmount.optional(),
    to: plainAmount.optional(),
    below: plainAmount.optional(),
  })
  .superRefine(({ from, to, below }, context) => {
    const refuse = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (to !== undefined && below !== undefined) refuse('below', 'stands beside to: give one of the two');
    if (from === undefined) return;
    if (to !== undefined && compareAmounts(from, to) > 0) refuse('to', 'is less than from');
    if (below !== undefined && compareAmounts(from, below) >= 0) refuse('below', 'is not more than from');
  });

const amounts = z.record(currency, range).superRefine((ranges, context) => {
  if (Object.keys(ranges).length === 0) context.addIssue({ code: 'custom', message: 'names no currency' });
  for (const [code, bounds] of Object.entries(ranges)) {
    for (const key of ['from', 'to', 'below'] as const) {
      const value = bounds[key];
      const problem = value === undefined ? undefined : boundProblem(value, code);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [code, key], message: problem });
    }
  }
});

const tenantConditions = {
  ...requestConditions,
  accounts: oneOrMore(account).optional(),
  providers: oneOrMore(z.string().min(1).max(40)).optional(),
  requesters: oneOrMore(person).optional(),
  amounts: amounts.optional(),
  metadata: z.record(metadataKey, oneOrMore(text(200))).optional(),
  sameAs: z.strictObject({ withinHours: z.number().int().min(1).max(mostHoursBack).optional() }).optional(),
};

const extras = {
  extraScreening: z.literal(true, { error: 'is true, or left out' }).optional(),
  quoteBandPercent: token(
    /^(?:0|[1-9]\d?)(?:\.\d{1,4})?$/,
    'a percentage below 100 as a decimal string such as "0.5"',
  ).optional(),
};

const outcome = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('auto-approve'), ...extras }),
    z.strictObject({
      kind: z.literal('approve'),
      levels: z
        .array(
          z.strictObject({
            role,
            quorum: z.number().int().min(1).max(20),
            deadlineMs,
            reminderAfterMs: deadlineMs.optional(),
            escalateAfterMs: deadlineMs.optional(),
            escalateTo: role.optional(),
          }),
        )
        .min(1)
        .max(10),
      ...extras,
    }),
    z.strictObject({ kind: z.literal('block'), reason: text(200) }),
  ],
  { error: 'must be one of auto-approve, approve and block' },
);

const rule = {
  name: text(80),
  // oxlint-disable-next-line unicorn/no-thenable -- the document's own word; nothing awaits it
  then: outcome,
  fewerPeopleBecause: text(300).optional(),
};
const commonRule = z.strictObject({
  ...rule,
  when: z.strictObject({ tenants: oneOrMore(tenant).optional(), ...tenantConditions }),
});
const tenantRule = z.strictObject({
  ...rule,
  // Whose rule it is stands above it: a second word about that could only contradict.
  when: z.strictObject(tenantConditions),
});

/** The whole file. */
export const policySchema = z.strictObject({
  /** For editors; not part of the policy. */
  $schema: z.string().optional(),
  schema: z.literal(1, { error: 'must be 1' }),
  label: text(120),
  people: z.array(z.strictObject({ id: person, accounts: z.array(person).max(20).optional() })).max(500),
  roles: z.record(role, z.array(person).max(500)),
  rules: z.array(commonRule).max(500),
  otherwise: outcome,
  tenants: z
    .record(tenant, z.strictObject({ rules: z.array(tenantRule).max(500), otherwise: outcome.optional() }))
    .optional(),
});
