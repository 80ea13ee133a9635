/** The check digits that standards put into cards and account numbers. Every text holds digits only. */

/** ISO/IEC 7812-1 annex B: doubling every second digit from the right, the digit sum must be a multiple of ten. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighted = index % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** The sum of the digits times the weights, which begin again when they are used up. */
export const weightedSum = (digits: string, weights: readonly number[]): number =>
  Array.from(digits).reduce(
    (sum, digit, index) => sum + Number(digit) * (weights[index % weights.length] ?? 0),
    0,
  );

/** The digit that makes a weighted sum a multiple of ten. */
export const complementToTen = (sum: number): string => String((10 - (sum % 10)) % 10);

/** The remainder of a number of any length. */
export const remainderOf = (digits: string, divisor: number): number =>
  Array.from(digits).reduce((rest, digit) => (rest * 10 + Number(digit)) % divisor, 0);
