import { Secret } from '../../../src/observability/secret';
import { pontisModule } from '../../../src/providers/pontis/module';
import { pontisDevelopmentOptions } from '../../../src/simulators/pontis/pontis-options';
import { runProviderContract } from '../contract-kit/run-provider-contract';
import { bankRequest } from './pontis-account';

const { credentials: simulated } = pontisDevelopmentOptions;
const otherKey = Buffer.alloc(32, 'not-the-key-of-the-simulator').toString('base64url');

runProviderContract('Pontis', {
  simulator: 'pontis',
  // Callbacks are sent in live mode alone.
  simulatorSetups: (callbackUrl) => ({ pontis: { mode: 'live', callbackUrl } }),
  createProvider: ({ baseUrl, credentials, common, ports }) => {
    const given = (right: string, wrong: string): Secret =>
      new Secret(credentials === 'right' ? right : wrong);
    return pontisModule.create(
      {
        account: 'pontis-main',
        mode: 'live',
        baseUrl,
        common,
        settings: pontisModule.settings.parse({}),
        credentials: {
          apiKey: given(simulated.apiKey, 'fake-other-api-key'),
          hmacSecret: given(simulated.hmacSecret, otherKey),
          encryptionSecret: given(simulated.encryptionSecret, otherKey),
          email: given(simulated.email, 'nobody@merchant.example'),
          password: given(simulated.password, 'fake-other-password'),
        },
      },
      ports,
    );
  },
  request: bankRequest,
  words: {
    accepted: 'pending',
    'provider-approval': 'pending_approval',
    processing: 'processing',
    paid: 'completed',
    failed: 'failed',
    rejected: 'rejected',
    cancelled: 'canceled',
    returned: 'reversed',
  },
  echoMembers: {},
});
