import { Secret } from '../../../src/observability/secret';
import { payfieldModule } from '../../../src/providers/payfield/module';
import { payfieldDevelopmentOptions } from '../../../src/simulators/payfield/payfield-options';
import { runProviderContract } from '../contract-kit/run-provider-contract';
import { request } from './payfield-account';

const { credentials: simulated, shops } = payfieldDevelopmentOptions;
const shopCode = shops[0]?.code ?? '';

runProviderContract('Payfield', {
  simulator: 'payfield',
  simulatorSetups: (webhookUrl) => ({
    payfield: { shops: [{ code: shopCode, currency: 'BDT', webhookUrl }] },
  }),
  createProvider: ({ baseUrl, credentials, common, ports }) => {
    const secret = (value: string): Secret => new Secret(credentials === 'right' ? value : `${value}-not`);
    return payfieldModule.create(
      {
        account: 'payfield-bd',
        mode: 'sandbox',
        baseUrl,
        common,
        settings: payfieldModule.settings.parse({ shopCode }),
        credentials: {
          apiKey: secret(simulated.apiKey),
          secret: secret(simulated.secret),
          webhookSecret: secret(simulated.webhookSecret),
        },
      },
      ports,
    );
  },
  request,
  words: {
    accepted: 'pending',
    paid: 'success',
    failed: 'failed',
    cancelled: 'canceled',
    expired: 'expired',
    returned: 'refunded',
  },
  echoMembers: {
    key: 'external_id',
    amount: 'amount',
    currency: 'currency',
    beneficiary: 'card_number',
    'account-scope': 'shop_code',
  },
});
