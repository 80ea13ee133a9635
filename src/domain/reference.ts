/** References that differ only by case are one: `Order-17` is `order-17`. They hold ASCII letters only. */
export const foldReference = (reference: string): string =>
  reference.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The same payout is meant. */
export const isSameReference = (one: string, other: string): boolean =>
  foldReference(one) === foldReference(other);
