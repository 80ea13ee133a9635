/** The examples of docs/testing-your-service.md, run as they stand there. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { transformSync } from '@swc/core';
import { createInMemoryPayouts } from '../../src/client/testing';
import type { PayoutClient } from '../../src/client';
import { exampleRequest } from '../support/example-request';

const page = readFileSync(resolve(__dirname, '../../docs/testing-your-service.md'), 'utf8');
const from = page.indexOf('## Without a server');
const section = page.slice(from, page.indexOf('\n## ', from + 1));
const examples = [...section.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code);

/** A service as the page supposes one. */
const createService = (client: PayoutClient) => ({
  pay: async (order: { readonly id: string }) => client.start(exampleRequest({ reference: order.id })),
  statusOf: async (order: { readonly id: string }) =>
    (await client.get({ tenant: 'acme', reference: order.id })).status,
});

test.each(examples.map((code, index) => [index + 1, code] as const))('example %d runs', async (_, code) => {
  const body = code.replace(/^import .*$/gm, '');
  const { code: compiled } = transformSync(`export const run = async () => {${body}};`, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const module: { run?: () => Promise<void> } = {};
  const names = { createInMemoryPayouts, createService, expect };
  const given = {
    ...names,
    order: { id: 'order-7' },
    request: exampleRequest({ reference: 'order-8' }),
    // The first example makes its own.
    ...(body.includes('const payouts') ? {} : { payouts: createInMemoryPayouts() }),
  };
  // oxlint-disable-next-line no-implied-eval -- the code of our own page
  new Function('exports', ...Object.keys(given), compiled)(module, ...Object.values(given));
  await module.run?.();
  expect.hasAssertions();
});
