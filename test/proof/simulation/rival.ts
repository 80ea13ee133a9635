import {
  payoutProviderAccountAttribute,
  payoutStatusAttribute,
} from '../../../src/contract/search-attributes';
import { payoutWorkflowId } from '../../../src/contract/workflow-ids';
import { payoutWorkflowType } from '../../../src/contract/workflow-inputs';
import type { PayoutRequest } from '../../../src/domain/payout-request';
import { createDraws } from '../../support/seeded-draws';
import type { ServerModel } from '../temporal-model/server-model';
import type { World } from '../temporal-model/world';

/** Another payout wants the place of the same ended payout as ours. */
export type RivalPlan = { readonly startsAfterMs: number };

/** Draws of its own: the other seeds' days stay as they are without it. */
export function drawRival(seed: number): RivalPlan | undefined {
  const draws = createDraws(Math.imul(seed, 0x27d4_eb2f) ^ 0x51cc_e550);
  if (!draws.chance(0.015)) return undefined;
  return { startsAfterMs: draws.oneOf([0, 0, 30, 5_000, 600_000]) };
}

/** Ours, as it is where it has a rival. */
export const inPlaceOf = (request: PayoutRequest): PayoutRequest => ({
  ...request,
  replaces: `${request.reference}-before`,
});

/** The ended payout, and the rival. It asks for so much that people are asked, who never answer: it sends nothing. */
export class Rival {
  readonly #world: World;
  readonly #server: ServerModel;
  readonly #ours: PayoutRequest;
  readonly #workflowId: string;

  constructor(world: World, server: ServerModel, ours: PayoutRequest) {
    this.#world = world;
    this.#server = server;
    this.#ours = ours;
    this.#workflowId = payoutWorkflowId(this.#request);
  }

  get #request(): PayoutRequest {
    return {
      ...this.#ours,
      reference: `${this.#ours.reference}-rival`,
      amount: { ...this.#ours.amount, value: '2600.00' },
    };
  }

  begin({ startsAfterMs }: RivalPlan): void {
    const { tenant, replaces = '' } = this.#ours;
    this.#server.putEnded(
      {
        workflowId: payoutWorkflowId({ tenant, reference: replaces }),
        workflowType: payoutWorkflowType,
        args: [],
        searchAttributes: { [payoutStatusAttribute.name]: 'cancelled' },
      },
      { schema: 1, status: 'cancelled' },
    );
    const start = (): void => {
      this.#server.start({
        workflowId: this.#workflowId,
        workflowType: payoutWorkflowType,
        args: [{ schema: 1, request: this.#request }],
        searchAttributes: { [payoutStatusAttribute.name]: 'received' },
      });
    };
    if (startsAfterMs === 0) start();
    else this.#world.after(startsAfterMs, start);
  }

  /** A run that has a plan has published the account of it. */
  get violations(): readonly string[] {
    const planned = [payoutWorkflowId(this.#ours), this.#workflowId].filter((workflowId) =>
      this.#server
        .runsOf(workflowId)
        .some(({ searchAttributes }) => searchAttributes.has(payoutProviderAccountAttribute.name)),
    );
    return planned.length > 1 ? ['I11: two payouts were planned in the place of one'] : [];
  }

  get taskFailures(): readonly unknown[] {
    return this.#server.runsOf(this.#workflowId).flatMap((run) => run.taskFailures);
  }
}
