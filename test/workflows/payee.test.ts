/** Whom a payout pays: who may read it, and where it never stands. */
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { createPayoutClient } from '../../src/client';
import { requestDetails, requestSummary } from '../../src/client/request-summary';
import { payoutPayeeQuery } from '../../src/contract/messages';
import { payoutSearchAttributes } from '../../src/contract/search-attributes';
import type { PayeeView } from '../../src/domain/payee-view';
import type { PolicyDocument } from '../../src/domain/policy/policy-document';
import type { ScreeningDecision } from '../../src/screening/screener';
import type { PayoutHarness } from '../support/payout-harness';
import {
  installationOf,
  installedPolicy,
  loggedLines,
  payoutRequest,
  startHarness,
} from '../support/payout-harness';
import { scriptedProvider } from '../support/scripted-provider';

const hour = 3_600_000;
const policy: PolicyDocument = {
  schema: 1,
  label: 'test policy',
  people: ['alice', 'farid', 'grace'].map((id) => ({ id })),
  roles: { payments: ['alice'], compliance: ['farid', 'grace'] },
  rules: [],
  otherwise: { kind: 'approve', levels: [{ role: 'payments', quorum: 1, deadlineMs: hour }] },
};
const possible: ScreeningDecision = {
  kind: 'possible',
  lists: ['ofac@1'],
  hits: [
    {
      list: 'ofac',
      entry: '7',
      score: '0.91',
      reason: 'similar-name',
      names: ['TESTPERSON, Zebedee', 'زبدي تست'],
    },
  ],
};
const request = payoutRequest({
  requestedBy: 'svc-orders',
  beneficiary: {
    method: 'bank-account',
    name: 'Zebedee Testpersson',
    account: { accountNumber: '9870006543', bankCode: 'BOPI' },
  },
  purpose: 'Kumquats',
  payer: { userId: 'user-77', email: 'payer@merchant.example', ipAddress: '203.0.113.10' },
});
/** What must stand nowhere but in the request itself, in the answers of activities, and in the query. */
/** Times, keys and digests hold any four digits sooner or later: inside of them they are nobody's. */
const holds = (text: string, value: string): boolean =>
  /^\d{4}$/.test(value) ? new RegExp(`(?<![0-9a-f])${value}(?![0-9a-f])`).test(text) : text.includes(value);

const personal = [
  'Zebedee',
  'TESTPERSON',
  'زبدي',
  '9870006543',
  '6543',
  'Kumquats',
  'user-77',
  'payer@merchant',
];

let harness: PayoutHarness;
let screening: ScreeningDecision = possible;
let client: Client;

beforeAll(async () => {
  harness = await startHarness(
    installationOf(scriptedProvider({}), {
      policy: installedPolicy(policy),
      screener: { screen: async () => screening },
      screening: {
        freshForMs: 24 * hour,
        review: { role: 'compliance', quorum: 2, deadlineMs: 72 * hour },
      },
    }),
  );
  ({ client } = harness);
});
afterAll(async () => harness.stop());

const payouts = () => createPayoutClient({ client, taskQueue: harness.taskQueue });

const detailsOf = async (workflowId: string): Promise<string> => {
  const metadata = await client.workflow
    .getHandle(workflowId)
    .query<{ readonly currentDetails: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails;
};

test('is shown to reviewers and approvers, and stands nowhere else', async () => {
  const address = { tenant: request.tenant, reference: request.reference };
  const started = await payouts().start(request);
  const handle = client.workflow.getHandle(started.workflowId);
  const until = async (purpose: 'screening' | 'payout'): Promise<string> => {
    for (let tries = 0; tries < 400; tries += 1) {
      const { approval } = await payouts().get(address);
      if (approval?.open === true && approval.purpose === purpose) return approval.digest;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`nobody was asked about the ${purpose}`);
  };

  const review = await until('screening');
  const masked = await payouts().payee(address);
  expect(masked).toMatchObject({
    revealed: false,
    payee: { name: 'Zebedee Testpersson', country: 'PH', currency: 'PHP', purpose: 'Kumquats' },
    listed: { found: 'possible', entries: [{ entry: '7', names: ['TESTPERSON, Zebedee', 'زبدي تست'] }] },
    amounts: { source: { value: '10.00', currency: 'USDT' } },
  });
  expect(JSON.stringify(masked)).not.toMatch(/9870006543|user-77|payer@|203\.0/);
  expect(JSON.stringify(await payouts().payee(address, { reveal: true }))).toContain('9870006543');
  const details = await detailsOf(started.workflowId);
  expect(details).toContain('- **Pays to**: `Zebedee Testpersson`, PH, in PHP');
  expect(details).toContain('account number `••••6543`');
  expect(details).toContain('- **Listed**: `TESTPERSON, Zebedee`, `زبدي تست` (`ofac 7`, similar-name 0.91)');
  expect(details).not.toContain('9870006543');

  for (const by of ['farid', 'grace'])
    await payouts().decide({ ...address, by, decision: 'approve', digest: review, reason: 'another' });
  await payouts().decide({ ...address, by: 'alice', decision: 'approve', digest: await until('payout') });
  expect(await handle.result()).toMatchObject({ status: 'paid' });
  // Also when it is over.
  expect(await payouts().payee(address)).toMatchObject({ payee: { name: 'Zebedee Testpersson' } });

  const description = await handle.describe();
  const history = await handle.fetchHistory();
  const elsewhere: Readonly<Record<string, unknown>> = {
    snapshot: await payouts().get(address),
    timeline: await payouts().timeline(address),
    memo: description.memo,
    'search attributes': payoutSearchAttributes.map((key) => description.typedSearchAttributes.get(key)),
    id: started.workflowId,
    summary: await description.staticSummary(),
    details: await description.staticDetails(),
    'what the client writes': [requestSummary(request), requestDetails(request)],
    log: loggedLines,
    // Summaries of timers and activities.
    'summaries of events': (history.events ?? []).flatMap(({ userMetadata }) =>
      [userMetadata?.summary?.data, userMetadata?.details?.data].map((data) =>
        data ? Buffer.from(data).toString('utf8') : '',
      ),
    ),
    // Search attributes and memo as they were written on the way.
    upserts: (history.events ?? []).flatMap((event) =>
      [
        event.upsertWorkflowSearchAttributesEventAttributes,
        event.workflowPropertiesModifiedEventAttributes,
      ].flatMap((attributes) => (attributes ? [Buffer.from(JSON.stringify(attributes)).toString()] : [])),
    ),
  };
  expect(loggedLines.length).toBeGreaterThan(0);
  for (const [where, what] of Object.entries(elsewhere)) {
    const text = JSON.stringify(what);
    for (const value of personal)
      expect({ where, found: holds(text, value) && value }).toEqual({ where, found: false });
  }
  // The details of the run's page are in no event: what people read there is never stored.
  const stored = (history.events ?? [])
    .flatMap(({ userMetadata }) => [userMetadata?.details?.data])
    .filter((data) => data && data.length > 0);
  expect(stored.map((data) => Buffer.from(data ?? []).toString()).join()).not.toContain('Pays to');
}, 60_000);

test('a match is refused, and who looks why sees the entry with its names', async () => {
  screening = { ...possible, kind: 'match' };
  const payout = await harness.start(payoutRequest({ requestedBy: 'svc-orders' }));
  expect(await payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'screening_hit' });
  screening = possible;
  expect(await payout.handle.query(payoutPayeeQuery)).toMatchObject({
    listed: { found: 'match', entries: [{ names: ['TESTPERSON, Zebedee', 'زبدي تست'] }] },
  });
});

test.each([
  ['nothing', []],
  ['null', [null]],
  ['a text', ['reveal']],
  ['a list', [['reveal']]],
  ['a reveal that is no true', [{ reveal: 'true' }]],
  ['a reveal of 1', [{ reveal: 1 }]],
  ['two arguments', [{ reveal: false }, { reveal: true }]],
])('asked with %s it answers masked', async (_, args) => {
  const payout = await harness.start(payoutRequest({ requestedBy: 'svc-orders' }));
  await payout.until('a review', ({ approval }) => approval?.open === true);
  const view = await payout.handle.query<PayeeView, unknown[]>('payee', ...args);
  expect(view.revealed).toBe(false);
  expect(JSON.stringify(view)).not.toContain('1234567890');
});

test.each<readonly [string, unknown[]]>([
  ['no input', []],
  ['null', [null]],
  ['a text', ['x']],
  ['a request that is none', [{ schema: 1, request: { beneficiary: { name: 'Zebedee Testpersson' } } }]],
  ['another schema', [{ schema: 9, request }]],
])('a run that was started with %s names nobody, and answers', async (_, input) => {
  const payout = await harness.startRaw(`payout/acme/odd-${randomUUID()}`, ...input);
  expect(await payout.handle.result()).toMatchObject({ status: 'rejected', reason: 'request_invalid' });
  const view = await payout.handle.query(payoutPayeeQuery, { reveal: true });
  expect(view).toEqual({ schema: 1, revealed: true, amounts: {} });
});
