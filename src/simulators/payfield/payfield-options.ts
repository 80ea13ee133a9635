/** How a simulated Payfield account is set up. */

export type PayfieldCredentials = {
  readonly apiKey: string;
  /** Signs requests. */
  readonly secret: string;
  /** Signs webhooks; another secret than that of requests. */
  readonly webhookSecret: string;
};

export type PayfieldShop = {
  readonly code: string;
  readonly currency: string;
  /** Used for requests without a shop_code. */
  readonly default?: boolean;
  /** Where webhooks go when the payout has no callback_url. */
  readonly webhookUrl?: string;
};

export type PayfieldOptions = {
  readonly credentials: PayfieldCredentials;
  readonly shops: readonly PayfieldShop[];
  readonly delays?: {
    /** From accepted (`pending`) to `success`; one second unless given. */
    readonly successAfterMs?: number;
  };
  /**
   * Whether the balance is checked before an existing external_id is looked up, so that the replay of an accepted payout
   * can be refused for lack of balance. Not documented; false unless given.
   */
  readonly balanceCheckedFirst?: boolean;
};

/** A setup for development with credentials that are clearly none. */
export const payfieldDevelopmentOptions: PayfieldOptions = {
  credentials: {
    apiKey: 'fake-payfield-api-key',
    secret: 'fake-payfield-request-secret',
    webhookSecret: 'fake-payfield-webhook-secret',
  },
  shops: [{ code: 'dev_bdt_shop', currency: 'BDT', default: true }],
};
