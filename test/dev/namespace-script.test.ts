import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { payoutSearchAttributes } from '../../src/contract/search-attributes';
import { findTemporalCli } from '../../src/dev/temporal-cli-finder';
import { registerSearchAttributes } from '../../src/dev/temporal-search-attributes';
import { startTemporalServer } from '../../src/dev/temporal-server';

const script = join(__dirname, '../../deploy/temporal/namespace.sh');

/** The script that docker compose runs, against a real server: compose itself needs Docker. */
test('creates the namespace with its retention and search attributes, raises a retention, and can be repeated', async () => {
  const { path } = await findTemporalCli({ say: () => undefined });
  const bin = await mkdtemp(join(tmpdir(), 'payouts-bin-'));
  await symlink(path, join(bin, 'temporal'));
  const server = await startTemporalServer({ say: () => undefined });
  const connection = await Connection.connect({ address: server.address });
  const run = async (retention: string): Promise<number | undefined> => {
    await promisify(execFile)('sh', [script], {
      env: {
        PATH: `${bin}:${process.env['PATH']}`,
        HOME: bin,
        TEMPORAL_ADDRESS: server.address,
        PAYOUTS_NAMESPACE: 'payouts',
        PAYOUTS_RETENTION: retention,
      },
    });
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'payouts' });
    return config?.workflowExecutionRetentionTtl?.seconds?.toNumber();
  };
  try {
    expect(await run('72h')).toBe(72 * 3600);
    expect(await run('720h')).toBe(720 * 3600);
    expect(await run('720h')).toBe(720 * 3600);
    // All are there with their types, so there is nothing left to add.
    expect(await registerSearchAttributes(connection, 'payouts', payoutSearchAttributes)).toEqual([]);
  } finally {
    await connection.close();
    await server.stop();
    await rm(bin, { recursive: true });
  }
}, 300_000);
