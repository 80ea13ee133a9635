/**
 * Who may import whom. This table is the rule, `ARCHITECTURE.md` shows it, and `import-table.test.ts` holds the sources
 * and the document equal to it. Every folder may import itself.
 */
export type FolderRule = {
  readonly folder: string;
  /** Folders (or single modules) of `src` that it may load. `anything`: no limit. */
  readonly loads: readonly string[] | 'anything';
  /** Folders (or single modules) of which it may know the types: `import type` only. */
  readonly types: readonly string[];
  /** Packages; `node:` stands for all modules of Node. */
  readonly packages: readonly string[] | 'anything';
  readonly because: string;
};

export const importTable: readonly FolderRule[] = [
  {
    folder: 'domain',
    loads: [],
    types: [],
    packages: ['decimal.js'],
    because: 'pure: what a payout is; runs in the workflow sandbox and everywhere else',
  },
  {
    folder: 'contract',
    loads: ['domain'],
    types: [],
    packages: ['@temporalio/common'],
    because: 'names that live in event histories for years; every process loads it, the client package too',
  },
  {
    folder: 'workflows',
    loads: ['domain', 'contract'],
    types: ['activities/payout-activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    because: 'deterministic: nothing that could touch the world',
  },
  {
    folder: 'payee',
    loads: ['domain'],
    types: [],
    packages: ['libphonenumber-js', 'ibantools', '@scure/base', '@noble/hashes', 'node:'],
    because: 'what identifies a payee: tables and normal forms, for every edge; never in the workflow bundle',
  },
  {
    folder: 'validation',
    loads: ['domain', 'contract', 'payee'],
    types: [],
    packages: ['zod', 'node:'],
    because: 'zod over the domain, for the edges; never in the workflow bundle',
  },
  {
    folder: 'observability',
    loads: [],
    types: [],
    packages: ['pino', 'zod', 'node:'],
    because: 'a leaf: logging must not know what it logs',
  },
  {
    folder: 'http',
    loads: ['observability'],
    types: [],
    packages: ['undici', 'node:'],
    because: 'one way out to the network, without knowledge of payouts',
  },
  {
    folder: 'screening',
    loads: ['domain', 'payee', 'http', 'observability'],
    types: [],
    packages: [
      'zod',
      'transliteration',
      '@skyra/jaro-winkler',
      'double-metaphone',
      'opencc-js',
      'ibantools',
      'node:',
    ],
    because: 'a port and its adapters',
  },
  {
    folder: 'providers',
    loads: ['domain', 'payee', 'http', 'observability'],
    types: [],
    packages: ['zod', 'node:'],
    because: 'a port and its adapters; they know nothing of Temporal',
  },
  {
    folder: 'register',
    loads: ['domain', 'observability'],
    types: [],
    packages: ['kysely', 'pg', 'node:'],
    because: 'a port, which is types only, and its adapter: nobody else sees SQL',
  },
  {
    folder: 'decision-proof',
    loads: ['domain', 'http'],
    types: [],
    packages: ['jose', 'zod', 'node:'],
    because: 'the only code that judges signed decisions; it knows neither Temporal nor payouts',
  },
  {
    folder: 'activities',
    loads: ['domain', 'contract', 'validation', 'payee', 'providers', 'screening', 'observability'],
    types: ['register/register'],
    packages: ['@temporalio/activity', '@temporalio/common'],
    because: 'the only code that touches the world; clock, hash and timers come in as ports',
  },
  {
    folder: 'client',
    loads: ['domain', 'contract', 'validation'],
    types: ['workflows'],
    packages: ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', 'zod', 'node:'],
    because: 'the library that other services import: small',
  },
  {
    folder: 'config',
    loads: ['domain', 'validation', 'observability'],
    types: ['providers', 'register'],
    packages: ['zod', 'node:'],
    because: 'the only reader of the environment; the list of providers is handed in',
  },
  {
    folder: 'worker',
    loads:
      'domain contract validation workflows activities providers screening register decision-proof http config observability'.split(
        ' ',
      ),
    types: [],
    packages: [
      '@temporalio/worker',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
      '@temporalio/proto',
      'pino',
      'node:',
    ],
    because: 'composes activities from settings; never asks for a payout itself',
  },
  {
    folder: 'cli',
    loads: [
      'client',
      'domain',
      'contract',
      'config',
      'observability',
      'worker',
      'register',
      'dev',
      'simulators',
      'decision-proof',
    ],
    types: [],
    packages: ['commander', 'pino', 'node:'],
    because: 'one file per command; only those that start something load a process',
  },
  {
    folder: 'simulators',
    loads: [],
    types: [],
    packages: ['decimal.js', 'zod', 'node:'],
    because: 'imports nothing of ours: shared code would let a wrong signature verify on both sides',
  },
  {
    folder: 'dev',
    loads: 'anything',
    types: [],
    packages: 'anything',
    because: 'brings up a whole installation on one machine',
  },
  {
    folder: 'bin',
    loads: 'anything',
    types: [],
    packages: 'anything',
    because: 'the entry points of the processes',
  },
];

/** The table as it stands in `ARCHITECTURE.md`. */
export function importTableAsMarkdown(): string {
  const list = (names: readonly string[] | 'anything'): string =>
    names === 'anything'
      ? 'anything'
      : names.length === 0
        ? '–'
        : names.map((name) => `\`${name}\``).join(', ');
  return [
    '| Folder | May load from `src` | Types of | Packages | Because |',
    '| --- | --- | --- | --- | --- |',
    ...importTable.map(
      ({ folder, loads, types, packages, because }) =>
        `| \`${folder}\` | ${list(loads)} | ${list(types)} | ${list(packages)} | ${because} |`,
    ),
  ].join('\n');
}
