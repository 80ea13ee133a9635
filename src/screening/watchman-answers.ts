import { z } from 'zod';

/**
 * The shapes of Watchman's answers (v0.55.0, `/v2/listinfo` and `/v2/search`), as far as we use them. What we use must be
 * there and be sane; what is new beside it is not our business.
 */

const time = z.iso.datetime({ offset: true });

export const listInfoSchema = z.object({
  lists: z.record(z.string(), z.number().int().min(0)),
  listHashes: z.record(z.string(), z.string()),
  startedAt: time,
  endedAt: time,
  version: z.string().optional(),
});
export type ListInfo = z.infer<typeof listInfoSchema>;

const named = z.object({ altNames: z.array(z.string()).nullish() }).nullish();

export const searchAnswerSchema = z.object({
  /** What Watchman believes it was asked. */
  query: z.object({
    name: z.string(),
    entityType: z.string(),
    sourceID: z.string(),
    cryptoAddresses: z.array(z.object({ currency: z.string(), address: z.string() })).nullish(),
  }),
  entities: z
    .array(
      z.object({
        name: z.string().min(1),
        entityType: z.string().min(1),
        sourceList: z.string().min(1),
        sourceID: z.string(),
        match: z.number(),
        person: named,
        business: named,
        organization: named,
      }),
    )
    // `null` is how it says that nothing was found; a member that is not there says nothing.
    .nullable(),
});
export type SearchAnswer = z.infer<typeof searchAnswerSchema>;
export type FoundEntity = NonNullable<SearchAnswer['entities']>[number];
