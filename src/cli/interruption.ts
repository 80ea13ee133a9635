import { CliError } from './cli-error';
import { exitCodes } from './exit-codes';

/** `howToGoOn`: an imperative without a full stop. */
export const interrupted = (howToGoOn: string): CliError =>
  new CliError(
    'interrupted',
    exitCodes.interrupted,
    'stopped before the end',
    `Nothing was changed by that. To see the rest, ${howToGoOn}.`,
  );
