import { parsePayoutAddress } from '../../client/payout-address';
import type { PayoutAddress } from '../../client/payout-address';
import { CliError } from '../cli-error';
import { exitCodes } from '../exit-codes';

export const payoutArgument = [
  '<payout>',
  'TENANT/REFERENCE, or the workflow id payout/TENANT/REFERENCE',
] as const;

export function readPayoutArgument(text: string): PayoutAddress {
  const address = parsePayoutAddress(text);
  if (address !== undefined) return address;
  const [tenant = '', ...rest] = text.split('/');
  const inSmallLetters = [tenant.toLowerCase(), ...rest].join('/');
  if (parsePayoutAddress(inSmallLetters) !== undefined)
    throw new CliError(
      'payout_address_invalid',
      exitCodes.badInput,
      `${JSON.stringify(text)} addresses no payout: a tenant has no capital letters`,
      `Write ${inSmallLetters}.`,
    );
  throw new CliError(
    'payout_address_invalid',
    exitCodes.badInput,
    `${JSON.stringify(text)} addresses no payout`,
    'Write TENANT/REFERENCE (acme/order-17) or the workflow id (payout/acme/order-17).',
  );
}
