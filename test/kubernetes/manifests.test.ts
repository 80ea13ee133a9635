import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parse } from 'yaml';
import { configurationSchema } from '../../src/config/configuration-schema';
import { parseListenAddress } from '../../src/config/operation-schema';
import { example } from '../config/example-configuration';

/** The manifests against Kubernetes' own schemas, and against what the worker is. */

const root = join(__dirname, '..', '..');
const folder = join(root, 'deploy', 'kubernetes');
const read = (file: string): unknown => parse(readFileSync(join(folder, file), 'utf8'));
const kustomization = read('kustomization.yaml') as {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
};

type Manifest = { readonly kind: string; validate(): void };
const kinds: Readonly<Record<string, new (json: never) => Manifest>> = {
  Deployment,
  NetworkPolicy,
  PodDisruptionBudget,
  ServiceAccount,
};
function manifestOf(json: unknown): Manifest {
  const { kind } = json as { readonly kind: string };
  const Kind = kinds[kind];
  if (Kind === undefined) throw new Error(`no schema for ${kind}`);
  return new Kind(json as never);
}

const deployment = new Deployment(read('deployment.yaml') as never);
const pod = deployment.spec?.template?.spec;
const container = pod?.containers[0];
const variable = (name: string): string => container?.env?.find((one) => one.name === name)?.value ?? '';
const portOf = (name: string): number | undefined =>
  container?.ports?.find((port) => port.name === name)?.containerPort;

test('the kustomization names every manifest, and no other', () => {
  const files = readdirSync(folder).filter((file) => file !== 'kustomization.yaml');
  expect(kustomization.resources.toSorted()).toEqual(files.toSorted());
});

test.each(kustomization.resources)('%s fits the schema of its kind', (file) => {
  expect(() => manifestOf(read(file)).validate()).not.toThrow();
});

test('a manifest that does not fit is refused', () => {
  const broken = { ...(read('deployment.yaml') as object), spec: { replicas: 'two' } };
  expect(() => manifestOf(broken).validate()).toThrow('replicas must be integer');
});

test('every selector finds the pods', () => {
  const labels = deployment.spec?.template?.metadata?.labels ?? {};
  expect(Object.keys(labels)).not.toEqual([]);
  const budget = new PodDisruptionBudget(read('disruption-budget.yaml') as never);
  const policy = new NetworkPolicy(read('network-policy.yaml') as never);
  for (const selector of [
    deployment.spec?.selector,
    budget.spec?.selector,
    policy.spec?.podSelector,
    ...(pod?.topologySpreadConstraints ?? []).map(({ labelSelector }) => labelSelector),
  ])
    expect(selector?.matchLabels).toEqual(labels);
});

test('health and metrics listen where probes and Prometheus ask', () => {
  expect(parseListenAddress(variable('PAYOUTS_HEALTH_ADDRESS'))?.port).toBe(portOf('health'));
  expect(parseListenAddress(variable('PAYOUTS_METRICS_ADDRESS'))?.port).toBe(portOf('metrics'));
  const probes = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];
  expect(probes.map((probe) => [probe?.httpGet?.path, probe?.httpGet?.port])).toEqual([
    ['/livez', 'health'],
    ['/livez', 'health'],
    ['/readyz', 'health'],
  ]);
  const annotations = deployment.spec?.template?.metadata?.annotations ?? {};
  expect(annotations['prometheus.io/port']).toBe(String(portOf('metrics')));
  const policy = new NetworkPolicy(read('network-policy.yaml') as never);
  const open = policy.spec?.ingress?.flatMap(({ ports = [] }) => ports.map(({ port }) => port));
  expect(open).toEqual([portOf('metrics')]);
});

test('versions are off in the base, and the overlay of the documents turns them on where it says', () => {
  const document = readFileSync(join(root, 'docs', 'kubernetes.md'), 'utf8');
  const index = Number(/env\/(\d+)\/value\n +value: payouts\n/.exec(document)?.[1]);
  expect(container?.env?.[index]).toEqual({ name: 'TEMPORAL_DEPLOYMENT_NAME', value: '' });
});

describe('the job of the documents that migrates the register', () => {
  const document = readFileSync(join(root, 'docs', 'kubernetes.md'), 'utf8');
  const [, text = ''] = /```yaml name=register-migrate\n([^]*?)```/.exec(document) ?? [];
  const job = new Job(parse(text) as never);
  const migration = job.spec?.template.spec;
  const [migrator] = migration?.containers ?? [];

  test('fits the schema of its kind, and may do as little as a worker', () => {
    expect(() => job.validate()).not.toThrow();
    expect(migration?.securityContext).toEqual(pod?.securityContext);
    expect(migrator?.securityContext).toEqual(container?.securityContext);
    expect(migration?.automountServiceAccountToken).toBe(false);
  });

  test('runs the command with what it mounts, and has a secret that workers have not', () => {
    const [node, program, ...words] = migrator?.command ?? [];
    expect([node, program]).toEqual(['node', 'dist/bin/cli.js']);
    expect(words.slice(0, 2)).toEqual(['register', 'migrate']);
    const mounts = migrator?.volumeMounts?.map(({ mountPath }) => mountPath) ?? [];
    for (const option of words.slice(2))
      expect(mounts.some((path) => option.split('=')[1]?.startsWith(`${path}/`))).toBe(true);
    const secretsOf = (of: typeof migration): readonly (string | undefined)[] =>
      of?.volumes?.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName])) ?? [];
    expect(secretsOf(migration)).toHaveLength(1);
    expect(secretsOf(pod)).not.toContain(secretsOf(migration)[0]);
  });
});

test('a pod has longer than a worker needs to stop', () => {
  const { worker } = configurationSchema.parse({ ...example(), worker: {} });
  const graceMs = (pod?.terminationGracePeriodSeconds ?? 0) * 1000;
  expect(graceMs).toBeGreaterThanOrEqual(worker.shutdownGraceMs + 10_000);
});

test('may do as good as nothing', () => {
  expect(pod?.automountServiceAccountToken).toBe(false);
  expect(pod?.securityContext?.runAsNonRoot).toBe(true);
  expect(container?.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  const writable = container?.volumeMounts?.filter(({ readOnly }) => readOnly !== true);
  expect(writable?.map(({ mountPath }) => mountPath)).toEqual(['/tmp']);
});

test('mounts the configuration where the image looks for it, and no secret through the environment', () => {
  const image = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const file = /"--config", "([^"]+)"/.exec(image)?.[1] ?? '';
  const mounts = container?.volumeMounts?.map(({ mountPath }) => mountPath) ?? [];
  expect(mounts.some((path) => file.startsWith(`${path}/`))).toBe(true);
  expect(container?.env?.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([]);
});

test('at least two workers, of which one may go at a time', () => {
  const replicas = deployment.spec?.replicas ?? 0;
  const budget = new PodDisruptionBudget(read('disruption-budget.yaml') as never);
  expect(replicas).toBeGreaterThan(Number(budget.spec?.minAvailable));
  expect(deployment.spec?.strategy?.rollingUpdate?.maxUnavailable).toBe(0);
});

test('the image is the one that the kustomization names, in the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(kustomization.images).toEqual([{ name: container?.image, newTag: version }]);
});
