import type { Mode } from './attempt-key';
import type { HeldReason, ReasonCode } from './reason';

/** What a worker says about a request that nobody has started: what a start would come to, by what it knows now. */
export type CheckAnswer =
  /** It would go on: to screening, people and a price. */
  | {
      readonly kind: 'planned';
      readonly account: string;
      readonly provider: string;
      readonly mode: Mode;
      /** A price is asked for before people are, and once more before the send. */
      readonly needsQuote: boolean;
      readonly policy: {
        readonly label: string;
        /** Which rule decided, and why. */
        readonly because: string;
        /** What follows, in words: how many people, level by level, deadlines. */
        readonly lines: readonly string[];
        /** Different people who must approve; 0: nobody is asked. */
        readonly peopleNeeded: number;
      };
      /** What will get in its way all the same. */
      readonly warnings: readonly string[];
    }
  /** It would end at once, unpaid. */
  | {
      readonly kind: 'refused';
      readonly reason: ReasonCode;
      /** Paths and messages, without values. */
      readonly problems: readonly string[];
    }
  /** It would be held before anybody is asked, until that is mended. */
  | { readonly kind: 'held'; readonly reason: HeldReason; readonly note: string }
  /** The worker could not find out. */
  | { readonly kind: 'not-known'; readonly note: string };
