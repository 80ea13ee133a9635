import { CliError } from '../cli-error';
import { exitCodes } from '../exit-codes';

export function configurationPath(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const path = option ?? env['PAYOUTS_CONFIG'];
  if (path !== undefined && path !== '') return path;
  throw new CliError(
    'configuration_missing',
    exitCodes.badInput,
    'no configuration file is named',
    'Give --config FILE or set PAYOUTS_CONFIG; docs/configuration.md has an example.',
  );
}
