import { withoutZeros } from '../domain/money';
import type { Money } from '../domain/money';
import type { PayoutRequest } from '../domain/payout-request';
import { payeeIdentity } from '../domain/policy/earlier-payout';
import { asksForEarlier } from '../domain/policy/policy-document';
import type { ActivityDeps } from './activity-ports';
import type { EarlierAnswer, SoughtPayout } from './installation';

/** Whether a payout may be another one, entered twice: `enter` where it is opened, `find` where it is only asked about. */
export type EarlierVerb = 'enter' | 'find';

/** Asked only where a rule of the payout's tenant does; without a register, or with one that fails, nobody knows. */
export async function askForEarlier(
  { installation, ports }: ActivityDeps,
  verb: EarlierVerb,
  request: PayoutRequest,
  { amount, at }: { readonly amount: Money; readonly at: number },
): Promise<EarlierAnswer> {
  if (!asksForEarlier(installation.policy.document, request.tenant)) return { kind: 'none' };
  const { earlierPayouts } = installation;
  if (earlierPayouts === undefined) return { kind: 'unavailable' };
  const { tenant, reference, replaces } = request;
  const sought: SoughtPayout = {
    tenant,
    except: [reference, ...(replaces === undefined ? [] : [replaces])],
    payee: ports.sha256(payeeIdentity(request)),
    amount: { value: withoutZeros(amount.value), currency: amount.currency },
  };
  try {
    return verb === 'enter'
      ? await earlierPayouts.enter(reference, sought, at)
      : await earlierPayouts.find(sought, at);
  } catch {
    return { kind: 'unavailable' };
  }
}
