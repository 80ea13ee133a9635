import { temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;
const { EventType } = temporal.api.enums.v1;

/** What a history holds of ours: the bytes of all payloads of each event, in the order of the events. */
export function payloadBytesOf(
  events: readonly Event[],
): readonly { readonly what: string; readonly bytes: number }[] {
  const activities = new Map(
    events.map((event) => [
      String(event.eventId),
      event.activityTaskScheduledEventAttributes?.activityType?.name ?? '',
    ]),
  );
  return events.flatMap((event) => {
    const bytes = bytesIn(event);
    return bytes === 0 ? [] : [{ what: nameOf(event, activities), bytes }];
  });
}

function nameOf(event: Event, activities: ReadonlyMap<string, string>): string {
  const kind = (EventType[event.eventType ?? 0] ?? '')
    .replace('EVENT_TYPE_', '')
    .toLowerCase()
    .replaceAll('_', ' ');
  const scheduled = event.activityTaskCompletedEventAttributes?.scheduledEventId ?? event.eventId;
  const marked = event.markerRecordedEventAttributes?.details?.['data']?.payloads?.[0]?.data;
  const ofActivity =
    marked === undefined || marked === null
      ? activities.get(String(scheduled))
      : (JSON.parse(Buffer.from(marked).toString('utf8')) as { readonly activity_type?: string })
          .activity_type;
  return [kind, ofActivity].filter((word) => word !== undefined && word !== '').join(' ');
}

/** Every payload in it, however deep: data and metadata. */
function bytesIn(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + bytesIn(member), 0);
}
