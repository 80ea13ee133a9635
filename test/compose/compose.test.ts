import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { payoutSearchAttributes } from '../../src/contract/search-attributes';
import { toCliFlag } from '../../src/dev/temporal-search-attributes';
import { readDatabaseUrl } from '../../src/config/database-url';
import { usualRoles } from '../../src/register/postgres/rights';
import { rolesSql } from '../../src/register/postgres/roles';
import { configurationSchema } from '../../src/config/configuration-schema';
import { payfieldDevelopmentOptions } from '../../src/simulators/payfield/payfield-options';
import { pontisDevelopmentOptions } from '../../src/simulators/pontis/pontis-options';
import { syncgramDevelopmentOptions } from '../../src/simulators/syncgram/syncgram-options';
import { checkConfiguration } from '../../src/worker/installation/check-configuration';
import { interpolate, readComposeFile, readEnvFile } from './compose-file';
import type { ComposeService } from './compose-file';

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const variables = readEnvFile(join(root, 'deploy/simulators.env'));
const compose = readComposeFile(join(root, 'docker-compose.yml'), variables);
const services = Object.entries(compose.services);

function serviceNamed(name: string): ComposeService {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
}

type Mount = { readonly source: string; readonly target: string; readonly mode: string | undefined };

const mountsOf = (service: ComposeService): readonly Mount[] =>
  service.volumes.map((volume) => {
    const [source = '', target = '', mode] = volume.split(':');
    return { source, target, mode };
  });

/** A service that ends by itself; only such a one can be waited for until it has ended. */
const isJob = ({ restart }: ComposeService): boolean => restart.startsWith('on-failure:');

describe('variables', () => {
  test.each(Object.keys(variables))('%s must be given, and an empty one does not count', (name) => {
    const path = join(root, 'docker-compose.yml');
    for (const value of [undefined, '']) {
      expect(() => readComposeFile(path, { ...variables, [name]: value })).toThrow(
        `required variable ${name} is missing a value`,
      );
    }
  });

  test('are put in as compose does', () => {
    const given = { A: 'a', EMPTY: '' };
    expect(interpolate('$$ $A ${A} ${B:-b} ${EMPTY:-e} ${EMPTY-e}|', given)).toBe('$ a a b e |');
    expect(() => interpolate('${B?why}', given)).toThrow('B is missing a value: why');
    expect(() => interpolate('${B}', given)).toThrow('variable B');
    expect(() => interpolate('${', given)).toThrow('invalid interpolation');
  });
});

describe('the order of starting', () => {
  test.each(services)('%s waits only for what can happen', (_name, service) => {
    for (const [target, { condition }] of Object.entries(service.depends_on)) {
      const other = serviceNamed(target);
      // A service that waits for one in a profile it is not in itself cannot be started without that profile.
      expect((other.profiles ?? []).every((profile) => service.profiles?.includes(profile))).toBe(true);
      if (condition === 'service_healthy') expect(other.healthcheck).toBeDefined();
      expect(condition === 'service_completed_successfully').toBe(isJob(other));
    }
  });

  test('has no circle, and the worker comes after everything it needs', () => {
    const order: string[] = [];
    const visit = (name: string, above: readonly string[]): void => {
      if (above.includes(name)) throw new Error(`circle: ${[...above, name].join(' → ')}`);
      for (const target of Object.keys(serviceNamed(name).depends_on)) visit(target, [...above, name]);
      if (!order.includes(name)) order.push(name);
    };
    for (const [name] of services) visit(name, []);
    const chains = [
      ['postgres', 'temporal-schema', 'temporal', 'temporal-namespace', 'worker'],
      ['postgres', 'register-database', 'register-schema', 'worker'],
    ];
    for (const needed of chains) expect(order.filter((name) => needed.includes(name))).toEqual(needed);
  });
});

describe('files', () => {
  test.each(services)('everything that %s mounts is in the repository, and read-only', (_name, service) => {
    for (const { source, target, mode } of mountsOf(service)) {
      expect(target).toMatch(/^\//);
      if (source.startsWith('./')) {
        // Docker would make an empty folder in place of a missing file.
        expect(existsSync(join(root, source))).toBe(true);
        expect(mode).toBe('ro');
      } else {
        expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  test('what a service is told to run is mounted there', () => {
    for (const [, service] of services.filter(([, candidate]) => candidate.entrypoint !== undefined)) {
      const script = service.entrypoint?.at(-1);
      expect(mountsOf(service).map(({ target }) => target)).toContain(script);
    }
    const temporal = serviceNamed('temporal');
    expect(mountsOf(temporal).map(({ target }) => target)).toContain(
      temporal.environment['DYNAMIC_CONFIG_FILE_PATH'],
    );
  });

  const scripts = readdirSync(join(root, 'deploy'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.sh'),
  );

  test.each(scripts)('%s is a shell script that stops at the first error', (path) => {
    const script = join(root, 'deploy', path);
    expect(() => execFileSync('sh', ['-n', script], { stdio: 'pipe' })).not.toThrow();
    expect(readFileSync(script, 'utf8')).toMatch(/^#!\/bin\/sh\n(#.*\n)*set -eu\n/);
  });

  test.each(scripts)('%s is given every variable it insists on', (path) => {
    const wanted = [...read(join('deploy', path)).matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    const users = services.filter(([, { volumes }]) => volumes.some((volume) => volume.includes(path)));
    expect(users).toHaveLength(1);
    for (const [, service] of users) {
      expect(Object.keys(service.environment)).toEqual(expect.arrayContaining(wanted));
    }
    expect(wanted.length).toBeGreaterThan(0);
  });

  test('the configuration files are readable', () => {
    expect(parse(read('deploy/temporal/dynamic-config.yaml'))).toEqual({});
    expect(JSON.parse(read('deploy/payouts.simulators.json'))).toBeInstanceOf(Object);
  });
});

describe('the profile with simulators', () => {
  const configuration = 'deploy/payouts.simulators.json';
  const secrets = join(root, variables['PAYOUTS_SECRETS'] ?? '');
  const mounted = mountsOf(serviceNamed('worker')).find(
    ({ source }) => source === variables['PAYOUTS_SECRETS'],
  );

  test('has a configuration that a worker takes, with the secrets that compose mounts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'payouts-compose-'));
    try {
      const file = join(folder, 'payouts.json');
      writeFileSync(file, read(configuration).replaceAll(mounted?.target ?? 'no mount', secrets));
      expect((await checkConfiguration(file, {})).problems).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('gives each account the address and the credentials of its simulator', () => {
    const { accounts } = JSON.parse(read(configuration)) as {
      readonly accounts: Readonly<
        Record<
          string,
          {
            readonly baseUrl: string;
            readonly credentials: Readonly<Record<string, { readonly file: string }>>;
          }
        >
      >;
    };
    const development = {
      pontis: pontisDevelopmentOptions.credentials,
      payfield: payfieldDevelopmentOptions.credentials,
      syncgram: syncgramDevelopmentOptions.credentials,
    };
    const command = serviceNamed('simulators').command ?? [];
    for (const [provider, credentials] of Object.entries(development)) {
      const account = accounts[provider];
      expect(command).toContain(`--${provider}-port=${new URL(account?.baseUrl ?? '').port}`);
      expect(new URL(account?.baseUrl ?? '').hostname).toBe('simulators');
      const given = Object.entries(account?.credentials ?? {}).map(([name, { file }]) => [
        name,
        readFileSync(file.replace(mounted?.target ?? 'no mount', secrets), 'utf8').trimEnd(),
      ]);
      expect(Object.fromEntries(given)).toEqual(credentials);
    }
  });

  test('leaves the worker longer to stop than it takes', () => {
    const { worker } = configurationSchema.parse(JSON.parse(read(configuration)));
    const grace = Number.parseInt(serviceNamed('worker').stop_grace_period ?? '', 10);
    expect(grace * 1000).toBeGreaterThan(worker.shutdownGraceMs);
  });
});

describe('the register', () => {
  const owner = variables['PAYOUTS_REGISTER_OWNER'] ?? '';

  test('has a database of its own, and its administrator is not the worker', () => {
    const { environment } = serviceNamed('register-database');
    expect(environment['REGISTER_DATABASE']).toBe('register');
    expect(serviceNamed('postgres').environment['POSTGRES_USER']).toBe(environment['PGUSER']);
    const sources = (name: string): readonly string[] =>
      mountsOf(serviceNamed(name)).map(({ source }) => source);
    expect(sources('register-schema')).toContain(owner);
    expect(sources('worker')).not.toContain(owner);
    expect(owner.startsWith(variables['PAYOUTS_SECRETS'] ?? '')).toBe(false);
  });

  test('is migrated by its owner, with the command that the package has', () => {
    const command = serviceNamed('register-schema').command ?? [];
    expect(command.slice(0, 4)).toEqual(['node', 'dist/bin/cli.js', 'register', 'migrate']);
    const targets = mountsOf(serviceNamed('register-schema')).map(({ target }) => target);
    expect(targets).toEqual(command.slice(4).map((option) => option.split('=')[1]));
  });

  test('gets the roles that `payouts register roles` prints', () => {
    expect(read('deploy/register/roles.sql')).toBe(rolesSql(usualRoles));
  });

  test('can be reached where both URLs say', () => {
    for (const [path, user] of [
      [owner, 'payouts_owner'],
      [join(variables['PAYOUTS_SECRETS'] ?? '', 'register-url'), 'payouts_worker'],
    ] as const)
      expect(readDatabaseUrl(read(path).trimEnd())).toMatchObject({
        ok: true,
        address: { host: 'postgres', port: 5432, database: 'register', user },
      });
  });
});

describe('what is reachable', () => {
  test.each(services)('%s listens on this machine only', (_name, { ports }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('no port is published twice, and PostgreSQL not at all', () => {
    const published = services.flatMap(([, { ports }]) => ports.map((port) => port.split(':')[1]));
    expect(new Set(published).size).toBe(published.length);
    expect(serviceNamed('postgres').ports).toEqual([]);
  });
});

describe('images', () => {
  test.each(services)('%s has a pinned one, or is built here', (_name, { image, build }) => {
    if (build === undefined) expect(image).toMatch(/^[\w./-]+:v?\d[\w.-]*$/);
    else expect(image).toBe('durable-payouts:local');
  });

  test('server and tools are of one version', () => {
    const versionOf = (name: string): string | undefined => serviceNamed(name).image.split(':')[1];
    expect(versionOf('temporal-schema')).toBe(versionOf('temporal'));
    expect(versionOf('temporal-namespace')).toBe(versionOf('temporal'));
  });
});

describe('the namespace', () => {
  const script = read('deploy/temporal/namespace.sh');

  test('gets exactly the search attributes of the contract', () => {
    const registered = [...script.matchAll(/--name (\w+) --type (\w+)/g)].map(
      ([, name, type]) => `${name}=${type}`,
    );
    expect(registered).toEqual(payoutSearchAttributes.map(toCliFlag));
  });

  test('keeps closed runs for at least 30 days, which live mode insists on', () => {
    const retention = serviceNamed('temporal-namespace').environment['PAYOUTS_RETENTION'];
    expect(retention).toMatch(/^\d+h$/);
    expect(Number.parseInt(retention ?? '', 10)).toBeGreaterThanOrEqual(30 * 24);
  });

  test('and the address are the same for everything that uses them', () => {
    const job = serviceNamed('temporal-namespace').environment;
    const worker = serviceNamed('worker').environment;
    expect(worker).toMatchObject({
      TEMPORAL_ADDRESS: job['TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: job['PAYOUTS_NAMESPACE'],
    });
    expect(serviceNamed('temporal-ui').environment['TEMPORAL_ADDRESS']).toBe(job['TEMPORAL_ADDRESS']);
  });
});

describe('our own image', () => {
  const dockerfile = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const instructions = (name: string): readonly string[] =>
    dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const command = JSON.parse(instructions('CMD')[0] ?? '') as readonly string[];

  test('runs the worker with the configuration that compose mounts', () => {
    expect(command.slice(0, 3)).toEqual(['node', 'dist/bin/cli.js', 'worker']);
    const config = command[command.indexOf('--config') + 1];
    expect(mountsOf(serviceNamed('worker')).map(({ target }) => target)).toContain(config);
    expect(serviceNamed('worker').command).toBeUndefined();
    const manifest = JSON.parse(read('package.json')) as { bin: { payouts: string } };
    expect(manifest.bin.payouts).toBe(command[1]);
    expect(serviceNamed('simulators').command?.slice(0, 3)).toEqual(['node', command[1], 'simulators']);
  });

  test('is on glibc and a Node that the package supports, and no install script runs', () => {
    expect(instructions('FROM')[0]).toMatch(/^node:22-\w+-slim AS base$/);
    for (const line of instructions('RUN').filter((run) => /npm (ci|install|prune)/.test(run))) {
      expect(line).toContain('--ignore-scripts');
    }
    expect(dockerfile.join('\n')).toContain('npm prune --omit=dev');
  });

  test('keeps the native library of its own platform, and of no other', () => {
    const line = instructions('RUN').find((run) => run.includes('core-bridge')) ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'payouts-image-'));
    try {
      const path = 'node_modules/@temporalio/core-bridge/releases';
      const platforms = readdirSync(join(root, path));
      expect(platforms.length).toBeGreaterThan(1);
      // The image is Linux, wherever it is built.
      const uname = (machine: string): string => `uname() { echo ${machine}; }; ${line}`;
      for (const machine of ['x86_64', 'aarch64']) {
        for (const platform of platforms) mkdirSync(join(folder, path, platform), { recursive: true });
        execFileSync('/bin/sh', ['-c', uname(machine)], { cwd: folder });
        expect(readdirSync(join(folder, path))).toEqual([`${machine}-unknown-linux-gnu`]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('runs as a user that is not root and cannot write what it runs', () => {
    const last = dockerfile.slice(dockerfile.findLastIndex((line) => line.startsWith('FROM ')));
    const users = last.filter((line) => line.startsWith('USER '));
    expect(users).toEqual([expect.stringMatching(/^USER [1-9]\d*:[1-9]\d*$/)]);
    expect(last.filter((line) => line.startsWith('COPY ')).join()).not.toContain('--chown');
    for (const name of ['worker', 'simulators']) {
      expect(serviceNamed(name)).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        tmpfs: ['/tmp'],
      });
    }
  });

  test('copies only what is in the repository and not kept out by .dockerignore', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = instructions('COPY')
      .filter((line) => !line.startsWith('--from='))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(copied.length).toBeGreaterThan(0);
    for (const source of copied) {
      expect(existsSync(join(root, source))).toBe(true);
      expect(allowed).toContain(source);
    }
    // What is allowed but never copied would only make the context larger, and invite secrets.
    expect([...allowed].sort()).toEqual([...copied].sort());
  });
});

test('.ci/run is executable and parses', () => {
  const path = join(root, '.ci/run');
  expect(statSync(path).mode & 0o111).toBe(0o111);
  expect(() => execFileSync('bash', ['-n', path], { stdio: 'pipe' })).not.toThrow();
});

describe('the library that docker compose itself loads its files with', () => {
  const folder = join(__dirname, 'compose-check');
  const env = { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  let built: string;
  let unavailable: string | undefined;

  /** Not blocking: jest's own time limits then hold. What has not ended after `timeoutMs` is stopped. */
  const run = async (
    command: string,
    args: readonly string[],
    variables: Readonly<Record<string, string | undefined>>,
    timeoutMs: number,
  ): Promise<{ readonly status: number | string; readonly stdout: string; readonly stderr: string }> =>
    new Promise((resolve) => {
      execFile(
        command,
        args,
        { cwd: folder, env: { ...variables }, timeout: timeoutMs, killSignal: 'SIGKILL' },
        (error, stdout, stderr) =>
          resolve({
            status: error === null ? 0 : error.killed ? `not within ${timeoutMs} ms` : (error.code ?? 'lost'),
            stdout,
            stderr,
          }),
      );
    });

  // Built once: with an empty cache, Go compiles its standard library first.
  beforeAll(async () => {
    built = await mkdtemp(join(tmpdir(), 'payouts-compose-'));
    const steps = [
      ['version', 10_000],
      ['mod download', 60_000],
      [`build -o ${join(built, 'compose-check')} .`, 150_000],
    ] as const;
    for (const [step, timeoutMs] of steps) {
      const { status, stderr } = await run('go', step.split(' '), env, timeoutMs);
      if (status === 0) continue;
      unavailable = `go ${step.replace(built, '…')}: ${stderr.trim() || status}`;
      process.stderr.write(`Not checked with compose's own loader. ${unavailable}\n`);
      return;
    }
  }, 240_000);
  afterAll(async () => rm(built, { recursive: true, force: true }));

  const load = async (given: Readonly<Record<string, string>>, ...profiles: readonly string[]) =>
    run(
      join(built, 'compose-check'),
      [join(root, 'docker-compose.yml'), ...profiles],
      { ...env, ...given },
      30_000,
    );

  test('takes the file, with the same services and order that the tests above see', async () => {
    if (unavailable !== undefined) return;
    const { stdout, stderr } = await load(variables, 'simulators');
    expect(stderr).toBe('');
    const seen = Object.fromEntries(
      services.map(([name, { depends_on: dependencies }]) => [
        name,
        Object.fromEntries(
          Object.entries(dependencies).map(([target, { condition }]) => [target, condition]),
        ),
      ]),
    );
    expect(JSON.parse(stdout)).toEqual(seen);
  });

  test('leaves the simulators out without their profile, and refuses a missing variable', async () => {
    if (unavailable !== undefined) return;
    expect(Object.keys(JSON.parse((await load(variables)).stdout) as object)).not.toContain('simulators');
    const { POSTGRES_PASSWORD: _omitted, ...incomplete } = variables;
    expect(await load(incomplete)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('required variable POSTGRES_PASSWORD is missing'),
    });
  });
});
