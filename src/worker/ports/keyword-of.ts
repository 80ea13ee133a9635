import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

/** A Keyword of a run's search attributes, as a description has them; undefined when it is not set. */
export function keywordOf(
  attributes: temporal.api.common.v1.ISearchAttributes | null | undefined,
  name: string,
): string | undefined {
  const payload = attributes?.indexedFields?.[name];
  if (!payload) return undefined;
  const decoded: unknown = defaultPayloadConverter.fromPayload(payload);
  const value: unknown = Array.isArray(decoded) ? decoded[0] : decoded;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
