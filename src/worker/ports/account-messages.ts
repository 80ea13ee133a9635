import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { ActivityPorts } from '../../activities/activity-ports';
import { credentialsUpdate, probeUpdate } from '../../contract/messages';
import { accountWorkflowId } from '../../contract/workflow-ids';
import type { AccountWorkflowInput } from '../../contract/workflow-inputs';
import { accountSummary, accountWorkflowType } from '../../contract/workflow-inputs';
import type { AccountState } from '../../domain/account-state';
import { isCredentialsPause } from '../../domain/account-state';
import type { AccountPauseReader } from './account-pause';

type Addressee = { readonly workflowId: string; readonly state: AccountState | 'unavailable' };

/** A payout waits for the answer, perhaps with a reply of its provider in hand. */
const patienceMs = 2_000;

/** What workers tell and ask the workflow of an account of theirs; it is started where there is none. */
export function createAccountMessages(
  client: Client,
  taskQueue: string,
  installation: string,
  pause: AccountPauseReader,
): Pick<ActivityPorts, 'mayProbe' | 'reportCredentials'> {
  return {
    async reportCredentials(account, report) {
      const since = report.said === 'accepted' ? report.since : undefined;
      const answer = await ask(account, credentialsUpdate, { schema: 1, ...report }, since);
      if (report.said === 'refused') pause.forget(account);
      return answer === 'unavailable' ? 'unavailable' : 'reported';
    },
    mayProbe: async (account) => (await ask(account, probeUpdate, { schema: 1 })) === 'done',
  };

  async function ask<Message extends { readonly schema: 1 }>(
    account: string,
    update: UpdateDefinition<AccountState, [Message]>,
    message: Message,
    pausedSince?: number,
  ): Promise<'done' | 'refused' | 'unavailable'> {
    const answer = client
      .withDeadline(Date.now() + patienceMs, async () =>
        client.workflow.executeUpdateWithStart(update, {
          args: [message],
          updateId: `${update.name}-${randomUUID()}`,
          startWorkflowOperation: await startOf(account, pausedSince),
        }),
      )
      .then(
        () => 'done' as const,
        (error: unknown) => (error instanceof WorkflowUpdateFailedError ? 'refused' : 'unavailable'),
      );
    return withinPatience(answer);
  }

  /** A run that somebody terminated still says what it said: its successor begins with that. */
  async function startOf(
    account: string,
    pausedSince: number | undefined,
  ): Promise<WithStartWorkflowOperation<(input: AccountWorkflowInput) => Promise<void>>> {
    const { workflowId, state } = await addressee(account, pausedSince);
    const isPaused = state !== 'unavailable' && state.paused;
    return new WithStartWorkflowOperation(accountWorkflowType, {
      workflowId,
      taskQueue,
      args: [{ schema: 1, ...(isPaused ? { state } : {}) }],
      ...(isPaused ? { memo: { account: state } } : {}),
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: accountSummary(account),
    });
  }

  /** The workflow that paused for refused credentials, also where that is the one of all installations; else our own. */
  async function addressee(account: string, pausedSince: number | undefined): Promise<Addressee> {
    const read = async (whose: string | undefined): Promise<Addressee> => {
      const workflowId = accountWorkflowId(account, whose);
      return { workflowId, state: await pause.readAt(workflowId) };
    };
    const pausedIt = ({ state }: Addressee): boolean =>
      state !== 'unavailable' &&
      isCredentialsPause(state) &&
      (pausedSince === undefined || state.since === pausedSince);
    const [own, shared] = await Promise.all([read(installation), read(undefined)]);
    return !pausedIt(own) && pausedIt(shared) ? shared : own;
  }
}

/** The reading of the state has a deadline of its own; together they have this one. */
async function withinPatience<T>(answer: Promise<T>): Promise<T | 'unavailable'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'unavailable'>((resolve) => {
    timer = setTimeout(() => resolve('unavailable'), patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
