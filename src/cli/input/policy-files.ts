import type * as LoadPolicy from '../../config/load-policy';
import type * as LoadRoutes from '../../config/load-routes';
import type { PolicyRoute } from '../../domain/policy/policy-problem';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';

export type PolicyFiles = {
  readonly path: string;
  readonly policy: LoadPolicy.PolicyResult;
  /** Of the configuration, when one was named. */
  readonly routes?: readonly PolicyRoute[];
};

/** Reads the policy, and the routes of the configuration where one is named: nothing else of it, and no credentials. */
export function readPolicyFiles(
  named: { readonly policy?: string | undefined; readonly config?: string | undefined },
  { env }: CommandContext,
): PolicyFiles {
  const { loadPolicy } = require('../../config/load-policy') as typeof LoadPolicy;
  const config = named.config ?? env['PAYOUTS_CONFIG'] ?? '';
  if (config === '') {
    const path = assertNamed(named.policy ?? env['PAYOUTS_POLICY']);
    return { path, policy: loadPolicy(path) };
  }
  const { loadRoutes } = require('../../config/load-routes') as typeof LoadRoutes;
  const loaded = loadRoutes(config);
  if (!loaded.ok) {
    const lines = loaded.problems.map(({ path: at, message }) => `  ${at || '(file)'}: ${message}`);
    throw new CliError(
      'configuration_invalid',
      exitCodes.badInput,
      `${config} cannot be used:\n${lines.join('\n')}`,
      'Its routes say which payouts there can be. `payouts config check` looks at the whole file.',
    );
  }
  const path = assertNamed(named.policy ?? env['PAYOUTS_POLICY'] ?? loaded.policyFile);
  return { path, policy: loadPolicy(path, loaded.routes), routes: loaded.routes };
}

function assertNamed(path = ''): string {
  if (path !== '') return path;
  throw new CliError(
    'policy_missing',
    exitCodes.badInput,
    'no policy file is named',
    'Name the file, set PAYOUTS_POLICY, or name a configuration that has one; config/policy.example.json is an example.',
  );
}
