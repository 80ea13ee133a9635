import { existsSync, unlinkSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import type * as DecisionKeys from '../../decision-proof/decision-key';
import type * as IssueToken from '../../decision-proof/issue-decision-token';
import { payoutWorkflowId } from '../../contract/workflow-ids';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { withClient, withConnectionOptions } from '../input/connection-options';
import type { ConnectionOptions } from '../input/connection-options';
import { digestOf, readDecision } from './decide';
import type { DecisionOptions } from './decide';
import { exitCodes } from '../exit-codes';
import { payoutArgument, readPayoutArgument } from '../input/payout-argument';
import { createPrinter } from '../output/printer';

type TokenOptions = ConnectionOptions &
  DecisionOptions & {
    readonly json?: boolean;
    readonly as?: string;
    readonly key?: string;
    readonly issuer?: string;
    readonly audience?: string;
    readonly digest?: string;
    readonly lifetime: string;
    readonly newKey?: string;
    readonly algorithm: 'EdDSA' | 'ES256';
  };

const [, payoutDescription] = payoutArgument;

export function addTokenCommand(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('token'))
    .argument('[payout]', payoutDescription)
    .summary('sign a decision token, for development')
    .description(
      'Signs a token that proves who decides, with a private key at hand, and prints it. For development: whoever holds the ' +
        'key can decide as anybody, so people get their tokens from an identity provider. Without --digest the token is ' +
        'about what is asked now. With --new-key it makes a key, and FILE.jwks.json with its public part, instead.',
    )
    .option('--approve', 'a token that approves')
    .option('--reject', 'a token that rejects')
    .option('--as <who>', 'account of the person who decides')
    .option('--key <file>', 'private key (JWK) that --new-key made')
    .option('--issuer <iss>', 'the issuer, as the configuration names it (approvals.issuers)')
    .option('--audience <aud>', 'approvals.audience; if that is not set, payouts/INSTALLATION')
    .option('--digest <digest>', 'what is decided about, when it was looked at before')
    .option('--lifetime <duration>', 'how long it counts: 90s, 5m (at most 60m)', '5m')
    .option('--new-key <file>', 'make a key and write it there; nothing is overwritten')
    .addOption(
      new Option('--algorithm <name>', 'of the new key').choices(['EdDSA', 'ES256']).default('EdDSA'),
    )
    .option(
      '--json',
      'print one JSON document: {"token", "payout", "digest", "decision", "issuer", "keyId", "expiresAt"}; with --new-key ' +
        '{"keyId", "algorithm", "privateKey", "keySet"}, the last two being files',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts token --new-key dev-key.json
  payouts token acme/order-17 --approve --as alice --key dev-key.json \\
    --issuer dev --audience payouts/acme-1
  payouts token acme/order-17 --reject --as bob --key dev-key.json \\
    --issuer dev --audience payouts/acme-1 \\
    | payouts decide acme/order-17 --reject --as bob --proof-file - --yes`,
    )
    .action(async (payout: string | undefined, options: TokenOptions) =>
      options.newKey === undefined
        ? printToken(payout, options, context)
        : makeKey(options.newKey, payout, options, context),
    );
}

async function printToken(
  payout: string | undefined,
  options: TokenOptions,
  context: CommandContext,
): Promise<void> {
  const { as: account, key: keyFile, issuer, audience } = options;
  if (
    payout === undefined ||
    account === undefined ||
    keyFile === undefined ||
    issuer === undefined ||
    audience === undefined
  ) {
    throw new CliError(
      'token_incomplete',
      exitCodes.badInput,
      'a token needs PAYOUT, --as, --key, --issuer and --audience',
      'Give all of them; --new-key FILE makes a key first.',
    );
  }
  const address = readPayoutArgument(payout);
  const decision = readDecision(options);
  const lifetimeSeconds = readLifetime(options.lifetime);
  const key = await readKey(keyFile, context);
  const digest =
    options.digest ??
    (await withClient(options, context, async (client) => digestOf(await client.get(address), payout)));
  const { issueDecisionToken } = require('../../decision-proof/issue-decision-token') as typeof IssueToken;
  const about = { payout: payoutWorkflowId(address), digest, decision };
  const { token, expiresAt } = await issueDecisionToken({
    ...about,
    key,
    issuer,
    audience,
    account,
    lifetimeSeconds,
    now: Date.now(),
  });
  const printer = createPrinter(context.stdout, context.env);
  if (options.json) printer.json({ token, ...about, issuer, keyId: key.keyId, expiresAt });
  // Nothing else on standard output: it is made to be piped.
  else printer.line(token);
}

async function makeKey(
  file: string,
  payout: string | undefined,
  { algorithm, json, key }: TokenOptions,
  context: CommandContext,
): Promise<void> {
  if (payout !== undefined || key !== undefined) {
    throw new CliError(
      'token_unclear',
      exitCodes.badInput,
      'a key is made or used, not both at once',
      'Give --new-key FILE alone, then --key FILE.',
    );
  }
  const { createDecisionKey } = require('../../decision-proof/decision-key') as typeof DecisionKeys;
  const made = await createDecisionKey(algorithm);
  const keySetFile = `${file}.jwks.json`;
  writeNew(file, made.privateJwk, keySetFile, made.keySet);
  const printer = createPrinter(context.stdout, context.env);
  if (json) {
    printer.json({ keyId: made.keyId, algorithm, privateKey: file, keySet: keySetFile });
    return;
  }
  printer.line(`Private key  ${file} (mode 0600: whoever has it can decide as anybody)`);
  printer.line(`Public key   ${keySetFile} (for approvals.issuers in the configuration)`);
}

/** Both files or none, and never over something that is there. */
function writeNew(privateFile: string, privateJwk: unknown, publicFile: string, keySet: unknown): void {
  const text = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  let written: string | undefined;
  try {
    if (existsSync(publicFile)) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
    writeFileSync(privateFile, text(privateJwk), { mode: 0o600, flag: 'wx' });
    written = privateFile;
    writeFileSync(publicFile, text(keySet), { mode: 0o644, flag: 'wx' });
  } catch (error) {
    if (written !== undefined) unlinkSync(written);
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new CliError(
      'key_not_written',
      exitCodes.badInput,
      code === 'EEXIST'
        ? `${privateFile} or ${publicFile} is there already`
        : `${privateFile} cannot be written (${code})`,
      'Nothing was written. Name files that do not exist, in a folder that does.',
    );
  }
}

async function readKey(file: string, { readText }: CommandContext): Promise<DecisionKeys.DecisionKey> {
  const refuse = (message: string): CliError =>
    new CliError(
      'key_unusable',
      exitCodes.badInput,
      message,
      'Make one with `payouts token --new-key FILE`.',
    );
  let text: string;
  try {
    text = await readText(file, 16 * 1024);
  } catch (error) {
    throw refuse(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { parseDecisionKey } = require('../../decision-proof/decision-key') as typeof DecisionKeys;
  const key = parseDecisionKey(text);
  if (key === undefined) throw refuse(`${file} is no private JWK with kid and alg for EdDSA or ES256`);
  return key;
}

function readLifetime(text: string): number {
  const [, number = '', unit] = /^([1-9]\d{0,3})(s|m)$/.exec(text) ?? [];
  const seconds = Number(number) * (unit === 'm' ? 60 : 1);
  if (seconds >= 1 && seconds <= 3600) return seconds;
  throw new CliError(
    'lifetime_invalid',
    exitCodes.badInput,
    `${JSON.stringify(text)} is no lifetime`,
    'Write seconds or minutes, such as 90s or 5m; at most 60m.',
  );
}
