import { UnsafeSettingError } from '../account-settings';
import type { ProviderModule } from '../provider-module';
import { createPayfieldProvider } from './adapter';
import { payfieldCredentials, payfieldSettingsSchema, urlProblem } from './config';
import type { PayfieldSettings } from './config';

/** Payfield, BDT edition: payouts in taka to cards, wallets and bank accounts. bdt-hrs-external-documentation.pages.dev */
export const payfieldModule: ProviderModule<PayfieldSettings> = {
  provider: 'payfield',
  settings: payfieldSettingsSchema,
  credentials: payfieldCredentials,
  create(account, ports) {
    const { mode, baseUrl, settings } = account;
    const problem = urlProblem(baseUrl, mode, 'base');
    if (problem !== undefined) throw new UnsafeSettingError('baseUrl', problem);
    const callback =
      settings.callbackUrl === undefined ? undefined : urlProblem(settings.callbackUrl, mode, 'callback');
    if (callback !== undefined) throw new UnsafeSettingError('settings.callbackUrl', callback);
    return createPayfieldProvider(account, ports);
  },
};
