/** The port to sanctions screening. It fails closed: what cannot be looked up is `unavailable`, never `clear`. */
export type Screener = {
  screen(subject: ScreeningSubject, signal?: AbortSignal): Promise<ScreeningDecision>;
};

export type ScreeningSubject = {
  /** The beneficiary's name as the requester gave it. */
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
};

export type ScreeningDecision =
  | { readonly kind: 'clear'; readonly lists: readonly string[] }
  /** `lists` are names and versions of the lists that were looked at; a hit never says which entry in clear text. */
  | { readonly kind: 'hit'; readonly lists: readonly string[] }
  | { readonly kind: 'unavailable'; readonly note: string };
