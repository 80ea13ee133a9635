/** Account numbers that can exist, out of a number: the check digits are counted here anew, not by the code under test. */

/** A NUBAN at bank 058 (weights 3, 7, 3 over `000058` and nine digits). */
export function nubanOf(serial: bigint | number): string {
  const digits = serial.toString().padStart(9, '0').slice(-9);
  const sum = Array.from(`058${digits}`).reduce(
    (total, digit, index) => total + Number(digit) * (index % 3 === 1 ? 7 : 3),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** A German IBAN: `DE` is 1314, and the whole leaves 1 when divided by 97. */
export function germanIbanOf(account: bigint | number): string {
  const digits = account.toString().padStart(18, '0').slice(-18);
  const check = 98n - (BigInt(`${digits}131400`) % 97n);
  return `DE${check.toString().padStart(2, '0')}${digits}`;
}
