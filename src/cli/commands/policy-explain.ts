import type { Command } from 'commander';
import type * as CheckRequest from '../../client/check-request';
import { isCurrency } from '../../domain/currency';
import type { PayoutRequest } from '../../domain/payout-request';
import { explainPolicy } from '../../domain/policy/explain-policy';
import { policyEntries } from '../../domain/policy/policy-document';
import type { PolicyDocument } from '../../domain/policy/policy-document';
import { policyFacts } from '../../domain/policy/policy-facts';
import type { PolicyFacts } from '../../domain/policy/policy-facts';
import type { PolicyRoute } from '../../domain/policy/policy-problem';
import { chooseRoute } from '../../domain/routing';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';
import { readPolicyFiles } from '../input/policy-files';
import { createPrinter } from '../output/printer';
import { readRequest } from '../input/request-file';

type ExplainOptions = {
  readonly policy?: string;
  readonly config?: string;
  readonly account?: string;
  readonly sourceCurrency?: string;
  readonly json?: boolean;
};

export function addPolicyExplainCommand(policy: Command, context: CommandContext): void {
  policy
    .command('explain')
    .argument('<request>', 'JSON file with the request, or - for standard input')
    .summary('say what the policy decides about a request, and why')
    .description(
      'Goes through the rules in their order, says why each does or does not match, and who would have to approve. ' +
        'Starts nothing. The routes of the configuration choose the account; without one, name it where the policy asks.',
    )
    .option('--policy <file>', 'policy file (default: PAYOUTS_POLICY)')
    .option('--config <file>', 'configuration file whose routes choose the account (default: PAYOUTS_CONFIG)')
    .option('--account <id>', 'provider account, instead of what the routes choose')
    .option('--source-currency <code>', 'what is debited, where only the account knows')
    .option('--json', 'print one JSON document: {"decision":{…},"steps":[…],"warnings":[…]}')
    .addHelpText(
      'after',
      `
Examples:
  payouts policy explain request.json --policy policy.json --config payouts.json
  payouts policy explain - --policy policy.json --account pontis-main --json \\
    < request.json`,
    )
    .action(async (file: string, options: ExplainOptions) => {
      const { path, policy: loaded, routes } = readPolicyFiles(options, context);
      if (!loaded.ok) {
        const lines = loaded.problems.map(({ path: at, message }) => `  ${at || '(file)'}: ${message}`);
        throw new CliError(
          'policy_invalid',
          exitCodes.badInput,
          `${path} cannot be used:\n${lines.join('\n')}`,
          'Correct it first; `payouts policy check` shows the warnings as well.',
        );
      }
      const checks = require('../../client/check-request') as typeof CheckRequest;
      const { request, warnings } = checks.readRequest(await readRequest(file, context));
      const explained = explainPolicy(loaded.policy, factsFor(request, loaded.policy, routes, options));
      const printer = createPrinter(context.stdout, context.env);
      if (options.json) {
        printer.json({ decision: explained.decision, steps: explained.steps, warnings });
        return;
      }
      for (const line of explained.lines) printer.line(line);
      for (const { path: at, message } of warnings) printer.line(`warning: ${at}: ${message}`);
    });
}

function factsFor(
  request: PayoutRequest,
  policy: PolicyDocument,
  routes: readonly PolicyRoute[] | undefined,
  options: ExplainOptions,
): PolicyFacts {
  const { account, provider } = routeOf(request, routes, options.account ?? request.account);
  const asks = (condition: 'accounts' | 'providers'): boolean =>
    policyEntries(policy).some(({ rule }) => rule?.when[condition] !== undefined);
  if (account === '' && asks('accounts')) {
    throw new CliError(
      'account_unknown',
      exitCodes.badInput,
      'the policy asks which provider account pays, and nothing says so',
      'Give --config, whose routes choose it, or --account.',
    );
  }
  if (provider === '' && asks('providers')) {
    throw new CliError(
      'provider_unknown',
      exitCodes.badInput,
      'the policy asks which provider pays, and nothing says so',
      'Give --config, which says to which provider an account belongs.',
    );
  }
  if (options.sourceCurrency !== undefined && !isCurrency(options.sourceCurrency)) {
    throw new CliError(
      'source_currency_invalid',
      exitCodes.badInput,
      `${JSON.stringify(options.sourceCurrency)} is no known currency code`,
      'Write the code in upper case, such as EUR or USDT.',
    );
  }
  const facts = policyFacts(request, { account, provider, sourceCurrency: options.sourceCurrency });
  if (facts !== undefined) return facts;
  throw new CliError(
    'source_currency_unknown',
    exitCodes.badInput,
    'the request names a funding account and no currency',
    'Give --source-currency: the currency in which that account is debited.',
  );
}

/** Empty texts where nobody knows: no condition names them. */
function routeOf(
  request: PayoutRequest,
  routes: readonly PolicyRoute[] | undefined,
  account: string | undefined,
): { readonly account: string; readonly provider: string } {
  if (routes === undefined) return { account: account ?? '', provider: '' };
  const wanted = account === undefined ? request : { ...request, account };
  const route = chooseRoute(routes, wanted);
  if (route === undefined) {
    throw new CliError(
      'no_route',
      exitCodes.badInput,
      account === undefined
        ? 'no route of the configuration takes this request'
        : `no route of the configuration takes this request to ${account}`,
      'Such a payout is rejected before the policy is asked. Correct the request, the account or the routes.',
    );
  }
  const provider = routes.find((one) => one.account === route.account)?.provider ?? '';
  return { account: route.account, provider };
}
