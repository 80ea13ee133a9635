import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { PayoutRequest } from '../../src/domain/payout-request';
import type { HttpRequest, Sender } from '../../src/http/sender';
import { apiKey } from './payment';

export type FloorActivities = {
  quote(request: PayoutRequest): Promise<{ readonly quoteId: string; readonly rate: string }>;
  screen(request: PayoutRequest): Promise<{ readonly clear: boolean }>;
  submit(request: PayoutRequest, quoteId: string): Promise<{ readonly id: string; readonly status: string }>;
  readStatus(id: string): Promise<{ readonly status: string }>;
};

const blocked = new Set(['Blocked Person']);

/** The same calls as ours to the same provider through the same HTTP client, and nothing else. */
export function createFloorActivities(baseUrl: string, send: Sender): FloorActivities {
  const call = async (method: HttpRequest['method'], path: string, body?: object): Promise<unknown> => {
    const reply = await send(
      {
        method,
        url: `${baseUrl}/api/v1/payouts/${path}`,
        headers: {
          authorization: `Bearer ${apiKey}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      { timeoutMs: 3_000, maxReplyBytes: 262_144 },
    );
    if (reply.status !== 200) throw new Error(`the provider answered ${reply.status}`);
    return JSON.parse(reply.body);
  };

  return {
    async quote({ source, destination, amount }) {
      const quote = (await call('POST', 'quotes', {
        from_currency: source.currency,
        to_currency: destination.currency,
        amount: amount.value,
        payout_method: 'BANK_TRANSFER',
      })) as { readonly quote_id: string; readonly exchange_rate: string };
      return { quoteId: quote.quote_id, rate: quote.exchange_rate };
    },
    async screen({ beneficiary }) {
      return { clear: !blocked.has(beneficiary.name ?? '') };
    },
    async submit({ source, destination, amount, beneficiary, payer, reference }, quoteId) {
      const account =
        'account' in beneficiary ? (beneficiary.account as Readonly<Record<string, unknown>>) : {};
      const accepted = (await call('POST', 'withdrawals', {
        from_currency: source.currency,
        to_currency: destination.currency,
        amount: amount.value,
        payment_method: 'BANK_TRANSFER',
        account_number: account['accountNumber'],
        bank_code: account['bankCode'],
        email: payer?.email,
        quote_id: quoteId,
        reference,
        idempotency_key: activityInfo().workflowExecution?.workflowId,
      })) as { readonly withdrawal_id: string; readonly status: string };
      return { id: accepted.withdrawal_id, status: accepted.status };
    },
    async readStatus(id) {
      const { status } = (await call('GET', id)) as { readonly status: string };
      if (status === 'COMPLETED') return { status };
      throw ApplicationFailure.create({
        message: `status still ${status}`,
        type: 'StillPending',
        category: ApplicationFailureCategory.BENIGN,
      });
    },
  };
}
