import { accountPattern } from '../../contract/workflow-ids';
import { CliError } from '../cli-error';
import { exitCodes } from '../exit-codes';

export const accountArgument = ['<account>', 'provider account, by its id in the configuration'] as const;

/** A payout's address holds a `/`, an account id never does. */
export const looksLikeAccount = (text: string): boolean => accountPattern.test(text);

export function readAccountArgument(text: string): string {
  if (looksLikeAccount(text)) return text;
  throw new CliError(
    'account_invalid',
    exitCodes.badInput,
    `${JSON.stringify(text)} names no provider account`,
    'Write the account’s id as it stands in the configuration (pontis-main).',
  );
}
