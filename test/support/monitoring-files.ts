/** The dashboard and the alert rules as they are shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = join(__dirname, '..', '..', 'deploy', 'monitoring');
export const alertsFile = join(folder, 'alerts.yml');

export type AlertRule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};
type RuleFile = {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
};

export const readRules = (): RuleFile => parse(readFileSync(alertsFile, 'utf8')) as RuleFile;

export const alertRules = (): readonly AlertRule[] => readRules().groups.flatMap(({ rules }) => rules);

export type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
};

export const dashboardPanels = (): readonly Panel[] =>
  (JSON.parse(readFileSync(join(folder, 'dashboard.json'), 'utf8')) as { readonly panels: readonly Panel[] })
    .panels;

/** Every expression that the dashboard and the alerts ask Prometheus. */
export const monitoringExpressions = (): readonly string[] => [
  ...alertRules().map(({ expr }) => expr),
  ...dashboardPanels().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
];

export const metricsIn = (expression: string): readonly string[] => [
  ...new Set(expression.match(/\b(?:payouts|temporal)_[a-z0-9_]+\b/g)),
];

/** The names of the metrics that they ask for. */
export const monitoredMetrics = (): readonly string[] =>
  [...new Set(monitoringExpressions().flatMap(metricsIn))].toSorted();
