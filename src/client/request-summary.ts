import { formatMoney } from '../domain/money';
import { amountCurrency } from '../domain/payout-request';
import type { PayoutRequest } from '../domain/payout-request';

/**
 * The line that Temporal's UI shows for a run: `125.00 USDT → PH/PHP, bank-account, requested by alice`.
 * It is stored like every payload, and read by everybody who sees the UI: nothing of the beneficiary.
 */
export function requestSummary(request: PayoutRequest): string {
  const { amount, destination, beneficiary } = request;
  const asked = askedFor(request);
  const route =
    amount.side === 'source'
      ? `${asked} → ${destination.country}/${destination.currency}`
      : `→ ${destination.country} ${asked}`;
  return `${route}, ${beneficiary.method}, requested by ${plain(request.requestedBy, 64)}`;
}

/** A few lines of Markdown (lists only) for the run's page. Nothing of the beneficiary either. */
export function requestDetails(request: PayoutRequest): string {
  const { amount, source, destination } = request;
  const paidFrom = source.fundingAccount === undefined ? source.currency : plain(source.fundingAccount, 64);
  const lines = [
    `Tenant: \`${request.tenant}\``,
    `Reference: \`${request.reference}\``,
    `Asked for: ${askedFor(request)} ${amount.side === 'source' ? 'to be debited' : 'to arrive'}`,
    `From: ${paidFrom}, to: ${destination.country} in ${destination.currency} by ${request.beneficiary.method}`,
    `Requested by: \`${plain(request.requestedBy, 128)}\``,
    ...(request.notAfter === undefined ? [] : [`Not after: ${plain(request.notAfter, 32)}`]),
    ...(request.account === undefined
      ? []
      : [`Provider account asked for: \`${plain(request.account, 64)}\``]),
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function askedFor(request: PayoutRequest): string {
  const currency = amountCurrency(request);
  return currency === undefined
    ? request.amount.value
    : formatMoney({ value: request.amount.value, currency });
}

/** Names are typed by people: no Markdown, no line breaks, no endless text. */
const plain = (text: string, length: number): string =>
  text.replaceAll(/[^\p{L}\p{N} .,:@+/-]/gu, '').slice(0, length);
