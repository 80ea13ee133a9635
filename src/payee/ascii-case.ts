/**
 * Capitals of the letters that identifiers are made of. The language's own `toUpperCase` also makes SS of ß and S of ſ, and
 * so an identifier of what is none.
 */
export const asciiUpperCase = (text: string): string =>
  text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
