import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { proofFailureCodes } from '../../src/domain/decision-proof';
import { parseExample, root } from '../config/example-configuration';

const document = readFileSync(join(root, 'docs', 'decision-proof.md'), 'utf8');

test('docs/decision-proof.md explains every code, in their order', () => {
  const codes = [...document.matchAll(/^\| `(proof_\w+)` +\|/gm)].map(([, code]) => code);
  expect(codes).toEqual([...proofFailureCodes]);
});

test('its configurations are taken as they stand', () => {
  const blocks = [...document.matchAll(/^```json\n([^]*?)^```$/gm)].map(
    ([, text = '']) => JSON.parse(text) as { readonly approvals: unknown },
  );
  expect(blocks).toHaveLength(2);
  for (const { approvals } of blocks)
    expect(parseExample(['approvals', approvals])).toMatchObject({ ok: true });
});
