import { UnsafeSettingError } from '../account-settings';
import type { ProviderModule } from '../provider-module';
import { createPontisProvider } from './adapter';
import { baseUrlProblem, pontisCredentials, pontisSettingsSchema } from './config';
import type { PontisSettings } from './config';

/** Pontis (PontisGlobe): payouts debited in USDT and paid in local currency. docs.pontisglobe.com */
export const pontisModule: ProviderModule<PontisSettings> = {
  provider: 'pontis',
  settings: pontisSettingsSchema,
  credentials: pontisCredentials,
  create(account, ports) {
    const problem = baseUrlProblem(account.baseUrl, account.mode);
    if (problem !== undefined) throw new UnsafeSettingError('baseUrl', problem);
    return createPontisProvider(account, ports);
  },
};
