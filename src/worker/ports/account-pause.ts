import { performance } from 'node:perf_hooks';
import { defaultPayloadConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { ActivityPorts } from '../../activities/activity-ports';
import { accountWorkflowId } from '../../contract/workflow-ids';
import type { AccountMemo } from '../../contract/workflow-inputs';
import type { AccountState } from '../../domain/account-state';
import { isCredentialsPause, parseAccountState } from '../../domain/account-state';

/** So long an account that was found not to be paused is not asked about again. */
const freshMs = 2_000;
/** A send has seconds to be written: it is given up, and made later, rather than wait for longer. */
const patienceMs = 2_000;

/** `NOT_FOUND` of gRPC: the account was never paused. */
const notFound = 5;

const memoField: keyof AccountMemo = 'account';

export type AccountPauseReader = {
  readonly read: ActivityPorts['accountPause'];
  /** What one workflow says, as it is now. */
  readonly readAt: (workflowId: string) => Promise<AccountState | 'unavailable'>;
  /** The account was paused just now: what was read before no longer counts. */
  readonly forget: (account: string) => void;
};

/**
 * Reads from Temporal whether an account of an installation is paused: the memo of its workflow, by description, which is
 * strongly consistent and needs no worker. A run that somebody terminated still says what it said. The workflow that
 * installations shared before they were told apart counts as well. Only "not paused" is remembered, so that a resumption
 * counts at once.
 */
export function createAccountPauseReader(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  namespace: string,
  installation: string,
): AccountPauseReader {
  const asking = new Map<string, Promise<AccountState | 'unavailable'>>();
  const open = new Map<string, { readonly state: AccountState; readonly readAt: number }>();
  return {
    async read(account) {
      const known = open.get(account);
      if (known !== undefined && performance.now() - known.readAt < freshMs) return known.state;
      // Many sends at once ask one question.
      const asked = asking.get(account) ?? ask(account);
      asking.set(account, asked);
      return asked;
    },
    readAt: async (workflowId) => readState(connection, namespace, workflowId),
    forget: (account) => void open.delete(account),
  };

  async function ask(account: string): Promise<AccountState | 'unavailable'> {
    const readAt = performance.now();
    try {
      const state = await readBoth(account);
      if (state !== 'unavailable' && !state.paused) open.set(account, { state, readAt });
      else open.delete(account);
      return state;
    } finally {
      asking.delete(account);
    }
  }

  /** People's pause comes first: no probe passes it. Not knowing one of the two is not knowing. */
  async function readBoth(account: string): Promise<AccountState | 'unavailable'> {
    const [own, shared] = await Promise.all([
      readState(connection, namespace, accountWorkflowId(account, installation)),
      readState(connection, namespace, accountWorkflowId(account, undefined)),
    ]);
    if (own === 'unavailable' || shared === 'unavailable') return 'unavailable';
    const paused = [own, shared].filter((state) => state.paused);
    return paused.find((state) => !isCredentialsPause(state)) ?? paused[0] ?? own;
  }
}

async function readState(
  connection: Pick<NativeConnection, 'workflowService' | 'withDeadline'>,
  namespace: string,
  workflowId: string,
): Promise<AccountState | 'unavailable'> {
  try {
    const { workflowExecutionInfo } = await connection.withDeadline(Date.now() + patienceMs, () =>
      connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
    );
    const payload = workflowExecutionInfo?.memo?.fields?.[memoField];
    // It was just started, and its first pause is not applied yet: nobody was told that it is paused.
    if (!payload) return { paused: false };
    return parseAccountState(defaultPayloadConverter.fromPayload(payload)) ?? 'unavailable';
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === notFound) return { paused: false };
    return 'unavailable';
  }
}
