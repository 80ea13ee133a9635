import type { WebhookEffect } from './provider-core';

export type WebhookDelivery = {
  /** Sends without waiting; a failure is counted and otherwise ignored, as the receiver must live with lost webhooks. */
  readonly send: (effects: readonly WebhookEffect[]) => void;
  readonly counts: () => { readonly delivered: number; readonly failed: number };
  /** Aborts what is under way and waits until it has ended. */
  readonly stop: () => Promise<void>;
};

const deliveryTimeoutMs = 5_000;

/** Delivers each webhook once over HTTP. */
export function createWebhookDelivery(): WebhookDelivery {
  const abort = new AbortController();
  const underWay = new Set<Promise<void>>();
  let delivered = 0;
  let failed = 0;

  async function deliver({ url, headers, body }: WebhookEffect): Promise<void> {
    try {
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(deliveryTimeoutMs)]);
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
      await response.body?.cancel();
      if (response.ok) delivered += 1;
      else failed += 1;
    } catch {
      failed += 1;
    }
  }

  return {
    send(effects) {
      for (const effect of effects) {
        const delivery = deliver(effect).finally(() => underWay.delete(delivery));
        underWay.add(delivery);
      }
    },
    counts: () => ({ delivered, failed }),
    async stop() {
      abort.abort();
      await Promise.all(underWay);
    },
  };
}
