import type { PayoutRequest } from '../../src/domain/payout-request';
import type { SimulatorName } from '../../src/simulators/start-simulators';
import type { PayoutStage } from './payout-stage';

/** Waits until the payout has settled, and expects it to be paid, by one debit, without a person. */
export async function expectPaidOnce(
  stage: PayoutStage,
  provider: SimulatorName,
  request: PayoutRequest,
  name: string = request.reference,
): Promise<void> {
  const { status, moneyMoved, heldReason } = await stage.settled(request);
  const debits = stage.debits(provider, request);
  expect({ name, provider, status, moneyMoved, heldReason, debits }).toEqual({
    name,
    provider,
    status: 'paid',
    moneyMoved: 'yes',
    heldReason: undefined,
    debits: 1,
  });
}

/** Expects that the providers booked these payouts once each, and nothing else. */
export function expectNothingElse(
  stage: PayoutStage,
  payouts: readonly { readonly provider: SimulatorName }[],
): void {
  const expected: Record<string, number> = {};
  const booked: Record<string, number> = {};
  for (const { provider } of payouts) {
    expected[provider] = (expected[provider] ?? 0) + 1;
    booked[provider] = stage.ledger(provider).length;
  }
  expect(booked).toEqual(expected);
}
