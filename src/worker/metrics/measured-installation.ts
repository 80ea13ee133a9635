import type { ScreenedInstallation } from '../installation/create-installation';
import { measuredProvider } from './measured-provider';
import type { MeasuredScreener } from './measured-screener';
import { measuredScreener } from './measured-screener';
import type { MetricWriter } from './metric-writer';

export type MeasuredInstallation = {
  readonly installation: ScreenedInstallation;
  readonly screening: Pick<MeasuredScreener, 'look' | 'listedAt'>;
};

/** The same installation, with every call to a provider and every screening measured. */
export function measuredInstallation(
  installation: ScreenedInstallation,
  metrics: MetricWriter,
): MeasuredInstallation {
  const screening = measuredScreener(installation.screener, metrics);
  const accounts = [...installation.accounts].map(
    ([id, account]) =>
      [id, { ...account, provider: measuredProvider(id, account.provider, metrics) }] as const,
  );
  return {
    installation: { ...installation, accounts: new Map(accounts), screener: screening.screener },
    screening,
  };
}
