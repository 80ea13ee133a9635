import type { ProviderModule } from '../provider-module';
import { assertAccountMode } from './account-mode';
import { createSyncgramProvider } from './adapter';
import { syncgramCredentials, syncgramSettingsSchema } from './config';
import type { SyncgramSettings } from './config';

/** Syncgram Pay: how its accounts are configured, and how an adapter is made of one. */
export const syncgramModule: ProviderModule<SyncgramSettings> = {
  provider: 'syncgram',
  settings: syncgramSettingsSchema,
  credentials: syncgramCredentials,
  create: (account, ports) => {
    const { settings, common, credentials, ...basics } = account;
    const token = credentials['apiKey'];
    if (token === undefined) throw new Error(`account ${basics.account} has no apiKey`);
    assertAccountMode({ mode: basics.mode, baseUrl: basics.baseUrl, apiKey: token.reveal(), settings });
    const webhookSecrets = [credentials['webhookSecret'], credentials['webhookSecretPrevious']].filter(
      (secret) => secret !== undefined,
    );
    return createSyncgramProvider({ account: basics, settings, common, token, webhookSecrets, ports });
  },
};
