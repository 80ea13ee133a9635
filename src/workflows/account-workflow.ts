import { ApplicationFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { AccountRefusal } from '../contract/messages';
import { pauseAccountUpdate, resumeAccountUpdate } from '../contract/messages';
import type { AccountMemo, AccountWorkflowInput } from '../contract/workflow-inputs';
import { parseAccountWorkflowId } from '../contract/workflow-ids';
import type { AccountState } from '../domain/account-state';
import { parseAccountState } from '../domain/account-state';
import { personId } from '../domain/approval';
import { isPlainText } from '../domain/resolution';

/** Far below the limits of a history, and more than an account is ever paused. */
const mostChanges = 100;

/**
 * Remembers whether new sends by one provider account wait. One long-lived run for each account that was ever paused; its
 * memo is what workers and people read. It sends nothing and decides nothing about any payout.
 */
export async function accountWorkflow(input: unknown): Promise<void> {
  let state: AccountState = stateIn(input);
  let changes = 0;
  const account = parseAccountWorkflowId(workflowInfo().workflowId) ?? workflowInfo().workflowId;
  const change = (next: AccountState): AccountState => {
    state = next;
    changes += 1;
    upsertMemo(memoOf(state));
    setCurrentDetails(inWords(account, state));
    return state;
  };
  setHandler(
    pauseAccountUpdate,
    (request) => {
      const { by, reason } = readMessage(request, true);
      // Paused twice is paused since the first time, for the newest reason.
      const since = state.paused ? state.since : Date.now();
      return change({ paused: true, by, since, reason: reason ?? '' });
    },
    {
      description: 'New sends by this account wait; unresolved ones go on being resolved',
      validator: (request) => void readMessage(request, true),
    },
  );
  setHandler(
    resumeAccountUpdate,
    (request) => {
      const { by, reason } = readMessage(request, false);
      if (!state.paused) throw refused('not_paused');
      return change({ paused: false, by, since: Date.now(), ...(reason === undefined ? {} : { reason }) });
    },
    {
      description: 'New sends by this account may go on',
      validator: (request) => {
        readMessage(request, false);
        if (!state.paused) throw refused('not_paused');
      },
    },
  );
  setCurrentDetails(inWords(account, state));

  await condition(() => changes >= mostChanges || (changes > 0 && workflowInfo().continueAsNewSuggested));
  await condition(allHandlersFinished);
  const goOn = makeContinueAsNewFunc<typeof accountWorkflow>({ memo: memoOf(state) });
  await goOn({ schema: 1, state } satisfies AccountWorkflowInput);
}

const memoOf = (account: AccountState): AccountMemo => ({ account });

const stateIn = (input: unknown): AccountState =>
  parseAccountState(
    typeof input === 'object' && input !== null ? (input as { state?: unknown }).state : undefined,
  ) ?? {
    paused: false,
  };

function readMessage(
  input: unknown,
  isReasonNeeded: boolean,
): { readonly by: string; readonly reason?: string } {
  const { by, reason } = (typeof input === 'object' && input !== null ? input : {}) as Record<
    string,
    unknown
  >;
  const hasReason = isPlainText(reason, 1, 500);
  if (
    !isPlainText(by, 1, 128) ||
    personId(by) === '' ||
    (!hasReason && (isReasonNeeded || reason !== undefined))
  )
    throw refused('message_malformed');
  return { by: personId(by), ...(hasReason ? { reason } : {}) };
}

const refused = (code: AccountRefusal): ApplicationFailure =>
  ApplicationFailure.nonRetryable(`refused: ${code}`, code);

const inWords = (account: string, state: AccountState): string =>
  state.paused
    ? `### Provider account ${account} — paused\n\nNew sends wait as \`account_paused\`. What is unresolved goes on being resolved.\n\n- **From a terminal**: \`payouts resume ${account} --as YOU\``
    : `### Provider account ${account}\n\nNot paused.`;
