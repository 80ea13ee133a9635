/** Strings and numbers of a JSON text; a number cannot begin inside a string, because strings are matched whole. */
const stringsAndNumbers = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON with every number kept as the text that was sent, so that no amount passes through a float:
 * `{"amount": 9007199254740993.10}` gives `{amount: '9007199254740993.10'}`. Throws a SyntaxError like `JSON.parse`.
 */
export function parseExactJson(text: string): unknown {
  // Refuses what is no JSON (`01`, `1.`) before the numbers are rewritten.
  JSON.parse(text);
  return JSON.parse(
    text.replaceAll(stringsAndNumbers, (token) => (token.startsWith('"') ? token : `"${token}"`)),
  );
}
