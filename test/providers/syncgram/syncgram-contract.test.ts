import { Secret } from '../../../src/observability/secret';
import { syncgramModule } from '../../../src/providers/syncgram/module';
import type { SyncgramOptions } from '../../../src/simulators/syncgram/syncgram-options';
import { syncgramDevelopmentOptions } from '../../../src/simulators/syncgram/syncgram-options';
import { runProviderContract } from '../contract-kit/run-provider-contract';
import { request } from './syncgram-account';

const { credentials: simulated } = syncgramDevelopmentOptions;

/** What the pages leave open, read one way and the other. */
const editions: readonly (readonly [
  name: string,
  server: Partial<SyncgramOptions>,
  settings: object,
  words: Parameters<typeof runProviderContract>[1]['words'],
])[] = [
  [
    'Syncgram',
    {},
    {},
    { accepted: 'PENDING', processing: 'PROCESSING', paid: 'COMPLETED', failed: 'FAILED' },
  ],
  [
    'Syncgram, successor’s words and paths, numbers',
    {
      paths: 'successor',
      vocabulary: 'successor',
      amountFormat: 'number',
      listWrapper: 'items',
      quoteStatus: 201,
      insufficientBalanceStatus: 400,
    },
    {
      amountFormat: 'number',
      paths: {
        submit: '/v1/payouts/withdrawals',
        quote: '/v1/payouts/quotes',
        status: '/v1/payouts/{id}',
        list: '/v1/payouts',
      },
    },
    {
      accepted: 'pending_submission',
      'provider-approval': 'manual_review',
      processing: 'pending_collection',
      paid: 'successful',
      failed: 'failed',
      rejected: 'rejected',
      cancelled: 'cancelled',
      expired: 'expired',
    },
  ],
];

for (const [name, server, settings, words] of editions) {
  runProviderContract(name, {
    simulator: 'syncgram',
    simulatorSetups: (webhookUrl) => ({ syncgram: { webhookUrl, ...server } }),
    createProvider: ({ baseUrl, credentials, common, ports }) => {
      const secret = (value: string): Secret => new Secret(credentials === 'right' ? value : `${value}-not`);
      return syncgramModule.create(
        {
          account: 'syncgram',
          mode: 'sandbox',
          baseUrl,
          common,
          settings: syncgramModule.settings.parse(settings),
          credentials: {
            apiKey: secret(simulated.apiKey),
            webhookSecret: secret(simulated.webhookSecret),
          },
        },
        ports,
      );
    },
    request,
    words,
    echoMembers: { key: 'reference', amount: 'from_amount', currency: 'from_currency' },
  });
}
