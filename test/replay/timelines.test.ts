/** What `PayoutEvent` promises of an event's code, held against the timelines of everything that was ever recorded. */
import { payoutWorkflowType } from '../../src/contract/workflow-inputs';
import { payoutEventCodes, payoutEventTypes } from '../../src/domain/payout-snapshot';
import type { PayoutEvent, PayoutEventType } from '../../src/domain/payout-snapshot';
import { readHistory } from '../../src/worker/replay/history-file';
import { replayHistory } from '../../src/worker/replay/replay-history';
import { readChecksums, readRecording, recordingsFolder } from './recordings';

const codePath = process.env['PAYOUTS_TEST_WORKFLOW_BUNDLE'] ?? '';

/** No recording shows them: the compiler alone knows their codes. */
const neverRecorded: ReadonlySet<PayoutEventType> = new Set<PayoutEventType>([
  'approval-voided',
  'approval-escalated',
  'approval-lapsed',
  'signal-refused',
  'escalated',
  'resolution-voided',
  'resolution-refused',
]);

/** Why an event does not fit its type; undefined where it does. */
function misfit({ type, code }: PayoutEvent): string | undefined {
  const codes: readonly string[] | 'free' = payoutEventCodes[type];
  const isOptional = type === 'planned' || type === 'status-changed';
  const fits =
    code === undefined
      ? isOptional || (codes !== 'free' && codes.length === 0)
      : codes === 'free' || codes.includes(code);
  return fits ? undefined : `${type}: ${code ?? '(no code)'}`;
}

test('every event of every recorded timeline has a code of its kind', async () => {
  const seen = new Set<string>();
  const misfits: string[] = [];
  for (const name of Object.keys(readChecksums(recordingsFolder))) {
    const text = readRecording(recordingsFolder, name);
    // Accounts, checks and successors keep no timeline.
    if (!text.includes(`"${payoutWorkflowType}"`)) continue;
    const history = readHistory(text);
    const { timeline = [] } = await replayHistory(history, { codePath });
    for (const event of timeline) {
      seen.add(event.type);
      const why = misfit(event);
      if (why !== undefined) misfits.push(`${name}: ${why}`);
    }
  }
  expect(misfits).toEqual([]);
  const unseen = payoutEventTypes.filter((type) => !seen.has(type));
  expect(unseen.filter((type) => !neverRecorded.has(type))).toEqual([]);
}, 240_000);

test('a code of another kind is seen', () => {
  const event = { seq: 1, at: 1, type: 'held', status: 'submitting', code: 'approve' };
  expect(misfit(event as unknown as PayoutEvent)).toBe('held: approve');
});
