import { z } from 'zod';

/** What must outlive Temporal, in PostgreSQL: the key `register` of the configuration file. */
export const registerSchema = <Credential extends z.ZodType>(credential: Credential) =>
  z.strictObject({
    /** A URL with a password is a secret as a whole. */
    url: credential.optional(),
    tls: z
      .strictObject({
        ca: z.string().min(1).max(4096).optional(),
        serverName: z
          .string()
          .regex(/^[A-Za-z0-9.:-]{1,253}$/, { error: 'must be a name or an address of a host' })
          .optional(),
      })
      .optional(),
    poolSize: z.number().int().min(1).max(200).default(10),
    // Three questions must fit into a local activity (8 s).
    connectTimeoutMs: z.number().int().min(100).max(3_000).default(1_500),
    statementTimeoutMs: z.number().int().min(100).max(2_000).default(1_500),
    /** The first one writes. A list: an object with numbers as names has another order. */
    payeeKeys: z
      .array(
        z.strictObject({
          id: z
            .string()
            .regex(/^[A-Za-z0-9._-]{1,40}$/, { error: 'must be 1 to 40 letters, digits and ._-' }),
          key: credential,
        }),
      )
      .min(1)
      .max(20)
      .optional(),
  });
