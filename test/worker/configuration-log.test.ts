import { createLogger } from '../../src/observability/logger';
import { logConfigurationWarnings } from '../../src/worker/run-worker';
import { parseExample } from '../config/example-configuration';

test('what is allowed and better otherwise stands in the log, whatever its place is called', () => {
  const lines: string[] = [];
  const account = { provider: 'payfield', mode: 'sandbox', baseUrl: 'http://127.0.0.1:9/v1' };
  // Each a name after which the log blots out what stands behind a colon.
  const found = parseExample(
    ...['token', 'secret', 'password'].map(
      (id) =>
        [
          `accounts.${id}`,
          {
            ...account,
            credentials: { apiKey: { env: 'PAYFIELD_API_KEY' }, secret: { env: 'PAYFIELD_SECRET' } },
          },
        ] as const,
    ),
  );
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  logConfigurationWarnings(createLogger({ to: { write: (line) => void lines.push(line) } }), [
    ...found.warnings,
    { path: '', message: 'of the file as a whole' },
  ]);
  const logged = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  for (const id of ['token', 'secret', 'password'])
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        event: 'configuration',
        path: `accounts.${id}`,
        warning: 'no route leads to this account',
      }),
    );
  expect(logged.at(-1)).not.toHaveProperty('path');
  expect(logged.at(-1)).toMatchObject({ warning: 'of the file as a whole' });
});
