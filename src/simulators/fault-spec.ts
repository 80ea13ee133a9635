/** What can go wrong between a caller and a provider, written down so that it can be planned, posted and checked. */
import { z } from 'zod';

const milliseconds = z.number().int().nonnegative();
const httpStatus = z.number().int().min(200).max(599);
const serverErrorStatus = z.number().int().min(500).max(599);
const replyHeaders = z.record(z.string(), z.string());
const cannedReply = z.enum([
  'server-error',
  'in-progress',
  'rate-limited',
  'expired-token',
  'not-found',
  'insufficient-funds',
]);

const regularExpression = z.string().refine(isRegularExpression, 'must be a valid regular expression');

/**
 * Which requests a fault counts; every given field must fit, and no field fits every request. The payout fields are
 * those of a submit, and on a status read those of the payout it asks for.
 */
const requestMatchSchema = z.strictObject({
  provider: z.enum(['pontis', 'payfield', 'syncgram']).optional(),
  operation: z.enum(['login', 'submit', 'status', 'list', 'quote', 'other']).optional(),
  method: z.string().optional(),
  /** Regular expression on the path without the query string. */
  path: regularExpression.optional(),
  callerKey: z.string().optional(),
  amount: z.string().optional(),
  beneficiary: z.string().optional(),
  beneficiaryName: z.string().optional(),
  providerPayoutId: z.string().optional(),
});

const faultVariants = [
  /** Refused before processing: a canned reply of the provider, or a status and body of your own, or both. */
  z
    .strictObject({
      kind: z.literal('refuse'),
      canned: cannedReply.optional(),
      status: httpStatus.optional(),
      body: z.unknown().optional(),
      headers: replyHeaders.optional(),
    })
    .refine(({ canned, status }) => canned !== undefined || status !== undefined, 'needs status or canned'),
  /** Processed, but the connection dies before the first byte of the reply. */
  z.strictObject({ kind: z.literal('cut-after-processing') }),
  /** The connection dies and nothing is processed. */
  z.strictObject({ kind: z.literal('cut-before-processing') }),
  /** The connection dies at once; the provider processes the request `afterMs` later. */
  z.strictObject({
    kind: z.literal('commit-late'),
    afterMs: milliseconds,
    /** A provider that locks keys on arrival locks this one meanwhile; false lets a retry overtake it. */
    holdsKey: z.boolean().default(true),
  }),
  /** Never answers; the connection stays open until the caller leaves. */
  z.strictObject({ kind: z.literal('hang'), processed: z.boolean().default(true) }),
  z.strictObject({
    kind: z.literal('server-error'),
    processed: z.boolean(),
    status: serverErrorStatus.default(500),
    /** A gateway's text or HTML instead of the provider's own error body. */
    body: z.string().optional(),
  }),
  /** Processed; the JSON stops in the middle, by a lost connection or with a content-length that fits the cut. */
  z.strictObject({
    kind: z.literal('truncated-json'),
    variant: z.enum(['lost-connection', 'valid-length']).default('lost-connection'),
  }),
  z.strictObject({
    kind: z.literal('garbage'),
    content: z.enum(['html', 'bytes']).default('html'),
    status: httpStatus.default(200),
    processed: z.boolean().default(true),
  }),
  z.strictObject({
    kind: z.literal('oversized'),
    bytes: z
      .number()
      .int()
      .positive()
      .max(64 * 1024 * 1024)
      .default(10 * 1024 * 1024),
    processed: z.boolean().default(true),
  }),
  z.strictObject({ kind: z.literal('in-progress'), processed: z.boolean().default(false) }),
  /** Refused for too many requests; `retryAfter` is the header verbatim and absent when not given. */
  z.strictObject({ kind: z.literal('rate-limited'), retryAfter: z.string().optional() }),
  z.strictObject({ kind: z.literal('expired-token') }),
  /** Hides a payout that exists from reads: `count` times, or until `ms` after the first read it hid. */
  z
    .strictObject({
      kind: z.literal('not-found-for'),
      ms: milliseconds.optional(),
      count: z.number().int().positive().optional(),
    })
    .refine(({ ms, count }) => (ms === undefined) !== (count === undefined), 'needs either ms or count'),
  /** Processed at once, answered later; combines with any other fault on the same request. */
  z.strictObject({ kind: z.literal('latency'), ms: milliseconds }),
] as const;

/** Every kind of fault there is. */
export const faultKinds = faultVariants.map(({ shape }) => shape.kind.value);

const faultSchema = z.discriminatedUnion('kind', faultVariants, {
  error: ({ input }) =>
    input === undefined ? 'is missing' : `needs a kind, one of ${faultKinds.join(', ')}`,
});

/** One planned fault: from the `nth` matching request on, `times` times. */
export const faultSpecSchema = z.strictObject({
  id: z.string().min(1).optional(),
  match: requestMatchSchema.default({}),
  nth: z.number().int().positive().default(1),
  times: z.union([z.number().int().positive(), z.literal('unlimited')]).default(1),
  fault: faultSchema,
});

export type RequestMatch = z.output<typeof requestMatchSchema>;
export type Fault = z.output<typeof faultSchema>;
/** As given by a test or over the admin API; everything with a default may be left out. */
export type FaultSpec = z.input<typeof faultSpecSchema>;

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source).source.length > 0;
  } catch {
    return false;
  }
}
