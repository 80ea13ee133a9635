/**
 * Invented names, for demos and tests of what happens to a listed beneficiary. No real person or company is meant. A live
 * installation refuses this list.
 */
export const testListNames: readonly string[] = [
  'Sanctioned Testperson',
  'Verboten Beispielmann',
  'Запрещённый Тестовский',
  'Απαγορευμένος Δοκιμαστικός',
  'Blocked Example Trading Ltd',
  'Ooo Zapretny Primer',
];
