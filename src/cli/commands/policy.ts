import type { Command } from 'commander';
import type { CommandContext } from '../cli-ports';
import { addPolicyCheckCommand } from './policy-check';
import { addPolicyExplainCommand } from './policy-explain';

export function addPolicyCommand(program: Command, context: CommandContext): void {
  const policy = program
    .command('policy')
    .summary('check a policy, explain what it decides')
    .description('The policy: who must agree to which payout. docs/policy.md explains the file.');
  addPolicyCheckCommand(policy, context);
  addPolicyExplainCommand(policy, context);
}
