/** Code out of the documents, in the ways that its readers write it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './installed-package';

/** The README's example, exactly as it stands there. */
export function readmeExample(): string {
  const blocks = codeBlocks('README.md').filter((code) => code.includes(`from 'durable-payouts-client'`));
  const [example] = blocks;
  if (example === undefined) throw new Error('the README shows no code that imports durable-payouts-client');
  return example;
}

export function codeBlocks(document: string): readonly string[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code);
}

/** The same payout would be the same payout: each way of running the code asks for one of its own. */
export function withReference(code: string, reference: string): string {
  const changed = code.replace(`'order-17'`, `'${reference}'`);
  if (changed === code) throw new Error('the example has no reference order-17');
  return changed;
}

/** What is left when the one thing goes that only TypeScript knows. */
export const asJavaScript = (code: string): string => code.replace(/ as const;/, ';');

/** As a CommonJS module, whose export settles when the code has run. */
export function asCommonJs(code: string): string {
  const [first = '', ...rest] = asJavaScript(code).split('\n');
  const required = first.replace(/^import (\{.*\}) from ('.*');$/, 'const $1 = require($2);');
  if (required === first) throw new Error('the example does not begin with an import');
  return `${required}\nmodule.exports = (async () => {\n${rest.join('\n')}\n})();\n`;
}
