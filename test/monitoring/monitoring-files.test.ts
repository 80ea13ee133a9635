import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { payoutMetrics } from '../../src/contract/metrics';
import { heldReasons } from '../../src/domain/reason';
import {
  alertRules,
  alertsFile,
  dashboardPanels,
  metricsIn,
  monitoredMetrics,
  monitoringExpressions,
  readRules,
} from '../support/monitoring-files';
import { findPromtool, runPromtool } from '../support/promtool';

const document = readFileSync(join(__dirname, '..', '..', 'docs', 'monitoring.md'), 'utf8');

/** The first cells of a chapter's table, without backticks. */
const firstCells = (heading: string): readonly string[] =>
  [...(document.split(`## ${heading}`)[1]?.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)` +\|/gm)].map(
    ([, cell = '']) => cell,
  );

const scrapedName = ({ name, kind }: (typeof payoutMetrics)[number]): string =>
  kind === 'counter' ? `${name}_total` : name;

describe('metrics', () => {
  test('dashboard and alerts ask for no metric of ours that is not there', () => {
    const suffixes = ['_bucket', '_count', '_sum'];
    const known = new Set(
      payoutMetrics.flatMap((metric) => [
        scrapedName(metric),
        ...(metric.kind === 'histogram' ? suffixes.map((suffix) => `${metric.name}${suffix}`) : []),
      ]),
    );
    const ours = monitoredMetrics().filter((name) => name.startsWith('payouts_'));
    expect(ours.length).toBeGreaterThan(15);
    expect(ours.filter((name) => !known.has(name))).toEqual([]);
  });

  test('the dashboard shows every metric of ours', () => {
    const shown = dashboardPanels().flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => metricsIn(expr)),
    );
    const isShown = (metric: (typeof payoutMetrics)[number]): boolean =>
      shown.some((name) => name === scrapedName(metric) || name === `${metric.name}_bucket`);
    expect(payoutMetrics.filter((metric) => !isShown(metric)).map(({ name }) => name)).toEqual([]);
  });

  test('what every worker reads for itself is never summed over workers', () => {
    const read = payoutMetrics
      .filter(({ name, kind }) => kind === 'gauge' && name !== 'payouts_worker_ready')
      .map(({ name }) => name);
    const summed = monitoringExpressions().filter((expr) =>
      read.some((name) => new RegExp(`\\b(sum|avg|count)( by \\([^)]*\\))? \\(?${name}\\b`).test(expr)),
    );
    expect(summed).toEqual([]);
  });

  test('reasons that alerts name are reasons of a hold', () => {
    const named = alertRules().flatMap(({ expr }) =>
      [...expr.matchAll(/reason=~"([^"]+)"/g)].flatMap(([, reasons = '']) => reasons.split('|')),
    );
    expect(named).not.toEqual([]);
    expect(named.filter((reason) => !(heldReasons as readonly string[]).includes(reason))).toEqual([]);
  });
});

describe('docs/monitoring.md', () => {
  test('explains every metric, with its labels', () => {
    const rows = [...document.matchAll(/^\| `(payouts_\w+)` +\| ([^|]*) \|/gm)].map(
      ([, name = '', labels = '']) => [
        name,
        [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).toSorted(),
      ],
    );
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(payoutMetrics.map((metric) => [scrapedName(metric), metric.labels.toSorted()])),
    );
  });

  test('says what to do about every alert, and about no other', () => {
    expect(firstCells('Alerts')).toEqual(alertRules().map(({ alert }) => alert));
  });
});

describe('alerts', () => {
  test('each says how bad it is, what is the matter, and what that means', () => {
    for (const { alert, labels, annotations, for: waits } of alertRules()) {
      expect({ alert, severity: labels['severity'] }).toEqual({
        alert,
        severity: expect.stringMatching(/^(warning|critical)$/),
      });
      expect(Object.keys(annotations).toSorted()).toEqual(['description', 'summary']);
      expect(waits).toMatch(/^\d+m$/);
    }
  });

  const promtool = findPromtool();
  if (promtool === undefined) {
    process.stderr.write(
      'Alert rules are not evaluated: no promtool, by PAYOUTS_PROMTOOL or on the PATH (it comes with Prometheus; with Go and PAYOUTS_REQUIRE_PROMTOOL=1 it is built once)\n',
    );
    // oxlint-disable-next-line jest/no-disabled-tests -- said above, and an error where it is required
    test.skip('evaluated by promtool (there is none: PAYOUTS_PROMTOOL or the PATH)', () => undefined);
    return;
  }

  const cases = join(__dirname, 'alerts.promtool.yml');

  test('promtool takes them', async () => {
    expect(await runPromtool(promtool, 'check', 'rules', alertsFile)).toMatchObject({ ok: true });
  });

  test('each is raised where it must be, and not where it must not', async () => {
    expect(await runPromtool(promtool, 'test', 'rules', cases)).toMatchObject({ ok: true });
  });

  test.each(alertRules().map(({ alert }) => alert))('without %s the cases fail', async (missing) => {
    const folder = mkdtempSync(join(tmpdir(), 'payouts-alerts-'));
    try {
      const { groups } = readRules();
      const less = groups.map((group) => ({
        ...group,
        rules: group.rules.filter(({ alert }) => alert !== missing),
      }));
      writeFileSync(join(folder, 'alerts.yml'), stringify({ groups: less }));
      writeFileSync(
        join(folder, 'cases.yml'),
        readFileSync(cases, 'utf8').replace('../../deploy/monitoring/alerts.yml', 'alerts.yml'),
      );
      const { ok, text } = await runPromtool(promtool, 'test', 'rules', join(folder, 'cases.yml'));
      expect(ok).toBe(false);
      expect(text).toContain(missing);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
