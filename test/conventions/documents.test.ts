import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { failureMeanings } from '../../src/cli/output/failure-meanings';
import { refusalTexts } from '../../src/client/refusal-texts';
import type { Refusal } from '../../src/client/refusal-texts';
import { unreachableReasons } from '../../src/client/unreachable-temporal';
import * as failureTypes from '../../src/contract/failure-types';
import { accountRefusals, updateRefusals } from '../../src/contract/messages';
import { decisionRefusals } from '../../src/domain/approval';
import { payoutEventTypes } from '../../src/domain/payout-snapshot';
import { isFinal, payoutStatuses, transitions } from '../../src/domain/payout-status';
import { providerFailureCodes } from '../../src/domain/provider-failure';
import { heldReasons, ownerOf, reasonCodes } from '../../src/domain/reason';
import { resolutionRefusals, resolveOutcomes } from '../../src/domain/resolution';
import { adminResources } from '../../src/simulators/admin-api';
import { faultKinds } from '../../src/simulators/fault-spec';
import { anchorOf, headingsIn, linksIn, section, tableRows } from './markdown';
import { readText, root, trackedFiles } from './repository';

describe('docs/payout-lifecycle.md', () => {
  const lifecycle = readText('docs/payout-lifecycle.md');

  /** To write the table anew, paste what a failing test shows. */
  const table = payoutStatuses.map((status) => [
    `\`${status}\``,
    isFinal(status) ? 'final' : '',
    transitions[status].map((to) => `\`${to}\``).join(', ') || '–',
  ]);

  test('holds the transition table', () => {
    expect(tableRows(section(lifecycle, 'Transitions'))).toEqual(table);
  });

  test('draws the same transitions, and no others', () => {
    const picture = /```mermaid\n([^]*?)```/.exec(lifecycle)?.[1] ?? '';
    const names = new Map(
      [...picture.matchAll(/state "([a-z-]+)" as ([a-z_]+)/g)].map((match) => [
        match[2] ?? '',
        match[1] ?? '',
      ]),
    );
    const drawn = [...picture.matchAll(/^\s*(\S+) --> (\S+)\s*$/gm)].map(([, from = '', to = '']) =>
      [from, to].map((name) => names.get(name) ?? name).join(' '),
    );
    const expected = [
      '[*] received',
      ...payoutStatuses.flatMap((from) => transitions[from].map((to) => `${from} ${to}`)),
      ...payoutStatuses.filter((status) => transitions[status].length === 0).map((status) => `${status} [*]`),
    ];
    expect(drawn.sort()).toEqual(expected.sort());
  });

  test('says what every status means', () => {
    const explained = tableRows(section(lifecycle, 'What each status means')).map(([status]) => status);
    expect(explained).toEqual(payoutStatuses.map((status) => `\`${status}\``));
  });

  test('explains every kind of event in the timeline', () => {
    const explained = tableRows(section(lifecycle, 'The timeline')).map(([type]) => type);
    expect(explained).toEqual(payoutEventTypes.map((type) => `\`${type}\``));
  });
});

describe('docs/errors.md lists every code, and only codes that exist', () => {
  const errors = readText('docs/errors.md');
  const listed = (heading: string): readonly string[] =>
    tableRows(section(errors, heading)).map(([code = '']) => code.replaceAll('`', ''));

  test.each<readonly [string, readonly string[]]>([
    ['Reasons of an end', reasonCodes],
    ['Reasons of a hold', heldReasons],
    ['Failures of a provider call', providerFailureCodes],
    ['Refused decisions', decisionRefusals],
    ['Refused cancellations and resumptions', updateRefusals],
    ['Refused resolutions', resolutionRefusals],
    ['Outcomes of a resolution', resolveOutcomes],
    ['Refused pauses', accountRefusals],
    ['Reasons why Temporal is not reached', unreachableReasons],
    ['Failure types in Temporal', Object.values(failureTypes).flat()],
  ])('%s', (heading, codes) => expect([...listed(heading)].sort()).toEqual([...codes].sort()));

  test('refusals, in the words that the command line prints', () => {
    const headings = [
      'Refused decisions',
      'Refused cancellations and resumptions',
      'Refused resolutions',
      'Refused pauses',
    ];
    const rows = headings.flatMap((heading) => tableRows(section(errors, heading)));
    for (const [code = '', meaning, next] of rows) {
      expect([code, { meaning, next }]).toEqual([code, refusalTexts[code.replaceAll('`', '') as Refusal]]);
    }
  });

  test('failures of a provider call, in the words that the command line prints', () => {
    const rows = tableRows(section(errors, 'Failures of a provider call')).map(([code = '', , meaning]) => [
      code.replaceAll('`', ''),
      meaning,
    ]);
    expect(Object.fromEntries(rows)).toEqual(failureMeanings);
  });

  test('the owner of every hold', () => {
    const owners = tableRows(section(errors, 'Reasons of a hold')).map(([code = '', owner]) => [
      code.replaceAll('`', ''),
      owner,
    ]);
    expect(Object.fromEntries(owners)).toEqual(ownerOf);
  });

  /** The lists of a module that may not be there yet. */
  const load = async <Module>(path: string): Promise<Module | undefined> =>
    existsSync(join(root, `${path}.ts`)) ? ((await import(join(root, path))) as Module) : undefined;

  test('errors of the client library', async () => {
    const client = await load<{ clientErrorCodes: readonly string[] }>('src/client/errors');
    if (!client) return;
    expect([...listed('Errors of the client library')].sort()).toEqual([...client.clientErrorCodes].sort());
  });

  test('exit codes of the command line, and what each client error becomes', async () => {
    const cli = await load<{
      exitCodeMeanings: Readonly<Record<number, string>>;
      clientFailures: Readonly<Record<string, { readonly exitCode: number }>>;
    }>('src/cli/exit-codes');
    if (!cli) return;
    const rows = tableRows(section(errors, 'Exit codes of the command line'));
    expect(
      Object.fromEntries(rows.map(([code = '', meaning]) => [code.replaceAll('`', ''), meaning])),
    ).toEqual(cli.exitCodeMeanings);
    const codes = tableRows(section(errors, 'Errors of the client library')).map(([code = '', exitCode]) => [
      code.replaceAll('`', ''),
      Number(exitCode),
    ]);
    const expected = Object.entries(cli.clientFailures).map(([code, { exitCode }]) => [code, exitCode]);
    expect(Object.fromEntries(codes)).toEqual(Object.fromEntries(expected));
  });
});

describe('docs/simulators.md', () => {
  const simulators = readText('docs/simulators.md');
  const firstTwo = (heading: string): readonly (readonly string[])[] =>
    tableRows(section(simulators, heading)).map((row) => row.slice(0, 2));

  test('lists the admin API, as it lists itself', () => {
    expect(firstTwo('Resources')).toEqual(
      adminResources.map(({ method, resource, about }) => [`\`${method} /_admin/${resource}\``, about]),
    );
  });

  test('explains every kind of fault', () => {
    expect(firstTwo('Faults').map(([kind]) => kind)).toEqual(faultKinds.map((kind) => `\`${kind}\``));
  });
});

describe('documents', () => {
  const documents = trackedFiles.filter((path) => path.endsWith('.md'));

  test.each(documents)('%s: every link inside the repository leads somewhere', (path) => {
    const broken = linksIn(readText(path)).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURI(file)));
      const isFolder = trackedFiles.some((tracked) => tracked.startsWith(`${target.replace(/\/$/, '')}/`));
      if (target.startsWith('..') || (!trackedFiles.includes(target) && !isFolder)) return true;
      return (
        anchor !== undefined && !headingsIn(readText(target)).some((heading) => anchorOf(heading) === anchor)
      );
    });
    expect(broken).toEqual([]);
  });

  test('decisions are numbered without gaps, and each says what was decided and why', () => {
    const decisions = documents.filter((path) => path.startsWith('docs/decisions/')).sort();
    expect(decisions.map((path) => Number(posix.basename(path).slice(0, 4)))).toEqual(
      decisions.map((_, index) => index + 1),
    );
    for (const path of decisions) {
      expect(posix.basename(path)).toMatch(/^\d{4}-[a-z0-9-]+\.md$/);
      expect(headingsIn(readText(path)).slice(1)).toEqual(['Context', 'Decision', 'Consequences']);
    }
  });

  test('the folder list of ARCHITECTURE.md names every folder of src that there is', () => {
    const folders = new Set(
      trackedFiles.filter((path) => path.startsWith('src/')).map((path) => path.split('/')[1] ?? ''),
    );
    const named = tableRows(section(readText('ARCHITECTURE.md'), 'Folders')).map(([folder]) => folder);
    expect([...folders].filter((folder) => !named.includes(`\`${folder}\``))).toEqual([]);
  });
});
