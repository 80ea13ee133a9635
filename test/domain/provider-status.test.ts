import type { ProviderStatus, StatusStep } from '../../src/domain/provider-status';
import { isUnpaidEnd, statusStep } from '../../src/domain/provider-status';

const statuses: readonly ProviderStatus[] = [
  'accepted',
  'provider-approval',
  'processing',
  'paid',
  'failed',
  'rejected',
  'cancelled',
  'expired',
  'returned',
  'unrecognised',
];

/** Rows: what is known. Columns: what is read. a advance, = same, ? unrecognised, < regression, ! contradiction. */
const table = `
                    acc app pro pai fai rej can exp ret unr
accepted             =   a   a   a   a   a   a   a   a   ?
provider-approval    a   =   a   a   a   a   a   a   a   ?
processing           <   <   =   a   a   a   a   a   a   ?
paid                 <   <   <   =   !   !   !   !   a   ?
failed               <   <   <   !   =   !   !   !   !   ?
rejected             <   <   <   !   !   =   !   !   !   ?
cancelled            <   <   <   !   !   !   =   !   !   ?
expired              <   <   <   !   !   !   !   =   !   ?
returned             <   <   <   <   <   <   <   <   =   ?
unrecognised         ?   ?   ?   ?   ?   ?   ?   ?   ?   =
`;
const signs: Readonly<Record<string, StatusStep>> = {
  a: 'advance',
  '=': 'same',
  '?': 'unrecognised',
  '<': 'regression',
  '!': 'contradiction',
};
const pairs = table
  .trim()
  .split('\n')
  .slice(1)
  .flatMap((line) => {
    const [known = '', ...cells] = line.trim().split(/\s+/);
    return cells.map((cell, column) => [known, statuses[column], signs[cell]] as const);
  });

test('the table holds every pair', () => expect(pairs).toHaveLength(statuses.length ** 2));

test.each(pairs)('%s, then %s: %s', (known, read, step) =>
  expect(statusStep(known as ProviderStatus, read as ProviderStatus)).toBe(step),
);

test('an end is never left for anything but a return', () => {
  for (const known of ['paid', 'failed', 'rejected', 'cancelled', 'expired', 'returned'] as const) {
    const exits = statuses.filter((read) => statusStep(known, read) === 'advance');
    expect(exits).toEqual(known === 'paid' ? ['returned'] : []);
  }
});

test('unpaid ends are the four without a payment', () => {
  expect(statuses.filter(isUnpaidEnd)).toEqual(['failed', 'rejected', 'cancelled', 'expired']);
});
