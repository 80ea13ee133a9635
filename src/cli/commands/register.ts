import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { formatConfigurationProblem } from '../../config/configuration-problem';
import type * as LoadRegister from '../../config/load-register';
import type { LoadedDatabase } from '../../config/load-register';
import type { Logger } from '../../observability/logger';
import type * as MigrateRegister from '../../register/postgres/migrate-register';
import type * as PostgresRegister from '../../register/postgres/postgres-register';
import type * as Rights from '../../register/postgres/rights';
import type * as Roles from '../../register/postgres/roles';
import { CliError } from '../cli-error';
import type { CommandContext } from '../cli-ports';
import { exitCodes } from '../exit-codes';
import { createPrinter, styled } from '../output/printer';

type PlaceOptions = { readonly config?: string; readonly urlFile?: string; readonly json?: boolean };
type RoleOptions = { readonly workerRole: string; readonly readerRole: string };

export function addRegisterCommand(program: Command, context: CommandContext): void {
  const register = program
    .command('register')
    .summary('the database of what must outlive Temporal: make it, look at it')
    .description(
      'The register, in PostgreSQL: which references were taken, and what was sent under which key. docs/register.md says ' +
        'what it keeps and what to do when it is away.',
    );

  withPlace(withRoles(register.command('migrate')))
    .option('--dry-run', 'print the SQL that would be carried out, and do nothing')
    .summary('bring the schema up to date and give the roles their rights')
    .description(
      'Carries out the steps that the schema lacks, as the owner of the tables, and gives the roles of workers and readers exactly ' +
        'the rights that they need. One process at a time; doing it again changes nothing. Migrate before workers of a newer ' +
        'version start: those of one step before go on.',
    )
    .addHelpText(
      'after',
      `
Examples:
  payouts register migrate --url-file /run/secrets/register-owner-url
  PAYOUTS_REGISTER_URL=postgresql://payouts_owner@localhost/register \\
    payouts register migrate --dry-run`,
    )
    .action(async (options: PlaceOptions & RoleOptions & { readonly dryRun?: boolean }) => {
      const { settings, logger } = placeOf(options, context);
      const { migrateRegister, pendingMigrations } =
        require('../../register/postgres/migrate-register') as typeof MigrateRegister;
      const printer = createPrinter(context.stdout, context.env);
      if (options.dryRun === true) {
        const pending = orUnavailable(await pendingMigrations(settings, { logger }));
        if (options.json === true) printer.json(pending);
        else if (pending.steps.length === 0)
          printer.line(`-- nothing to do: the schema is version ${pending.from}`);
        else for (const { name, sql } of pending.steps) printer.line(`-- ${name}\n${sql}\n`);
        return;
      }
      const roles = { worker: options.workerRole, reader: options.readerRole };
      const report = orUnavailable(await migrateRegister(settings, { logger, roles }));
      if (options.json === true) return printer.json(report);
      const { from, to, steps, granted, absent } = report;
      for (const step of steps) printer.line(`carried out  ${step}`);
      printer.line(
        from === to ? `The schema is version ${to}: nothing to do` : `The schema is version ${to} now`,
      );
      if (granted.length > 0) printer.line(`Rights given to ${granted.join(' and ')}`);
      for (const role of absent)
        printer.line(
          styled('yellow', `There is no role ${role}: payouts register roles prints the SQL for it`),
        );
    });

  withPlace(register.command('status'))
    .summary('say whether workers can use it')
    .description(
      'Asks the register as a worker does: whether it answers, which version its schema is, and whether the role that asks has ' +
        'the rights of a worker. Exit code 5 where a worker could not use it.',
    )
    .action(async (options: PlaceOptions) => {
      const { settings } = placeOf(options, context);
      const { registerStatus } =
        require('../../register/postgres/postgres-register') as typeof PostgresRegister;
      const status = await registerStatus(settings);
      if (status.kind === 'unavailable') context.exitWith(exitCodes.notReachable);
      const printer = createPrinter(context.stdout, context.env);
      if (options.json === true) return printer.json(status);
      if (status.kind === 'unavailable')
        return printer.line(styled('red', 'unavailable'), `: ${status.note}`);
      printer.facts([
        ['register', 'can be used'],
        ['schema', `${status.schema} (this program needs ${status.needed})`],
        ['rights', status.hasMoreThanNeeded ? 'more than a worker needs' : 'those of a worker'],
      ]);
    });

  withRoles(register.command('roles'))
    .option('--owner-role <name>', 'who migrates', readRole, 'payouts_owner')
    .summary('print the SQL that makes the roles')
    .description(
      'Prints what an administrator of PostgreSQL runs once in the register’s database: an owner, who migrates; a role for ' +
        'workers, which deletes nothing and changes no keys; and one that only reads the views. Asks no database.',
    )
    .addHelpText(
      'after',
      `
Example:
  payouts register roles | psql --dbname register`,
    )
    .action((options: RoleOptions & { readonly ownerRole: string }) => {
      const { rolesSql } = require('../../register/postgres/roles') as typeof Roles;
      const { ownerRole: owner, workerRole: worker, readerRole: reader } = options;
      context.stdout.write(rolesSql({ owner, worker, reader }));
    });
}

const withPlace = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration file (default: PAYOUTS_CONFIG, if set)')
    .option('--url-file <file>', 'file with the URL, instead of the one that the configuration names')
    .option('--json', 'print one JSON document');

const withRoles = (command: Command): Command =>
  command
    .option('--worker-role <name>', 'the role of workers', readRole, 'payouts_worker')
    .option('--reader-role <name>', 'the role of people and reports', readRole, 'payouts_reader');

function readRole(name: string): string {
  const { isRoleName } = require('../../register/postgres/rights') as typeof Rights;
  if (isRoleName(name)) return name;
  throw new InvalidArgumentError('It must be lower-case letters, digits and _.');
}

function placeOf({ config, urlFile }: PlaceOptions, { env, stderr }: CommandContext) {
  const { loadRegisterDatabase } = require('../../config/load-register') as typeof LoadRegister;
  const loaded: LoadedDatabase = loadRegisterDatabase(config ?? env['PAYOUTS_CONFIG'], urlFile, env);
  const { settings, problems, warnings } = loaded;
  if (settings === undefined)
    throw new CliError(
      'configuration_invalid',
      exitCodes.badInput,
      [
        'the register’s settings cannot be used:',
        ...problems.map((problem) => `  ${formatConfigurationProblem(problem)}`),
      ].join('\n'),
      'docs/register.md says where the database is named.',
    );
  const printer = createPrinter(stderr, env);
  for (const { path, message } of warnings) printer.line(`Warning: ${path} ${message}`);
  const logger: Pick<Logger, 'warn'> = { warn: () => undefined };
  return { settings, logger };
}

function orUnavailable<Report extends { readonly kind: string }>(
  answer: Report | { readonly kind: 'unavailable'; readonly note: string },
): Exclude<Report, { readonly kind: 'unavailable' }> {
  if (answer.kind !== 'unavailable' || !('note' in answer))
    return answer as Exclude<Report, { readonly kind: 'unavailable' }>;
  throw new CliError(
    'register_unavailable',
    exitCodes.notReachable,
    answer.note,
    'Nothing that is half done was left behind; repeating is safe.',
  );
}
