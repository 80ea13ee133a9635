import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  log,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { AccountRefusal } from '../../contract/messages';
import {
  credentialsUpdate,
  pauseAccountUpdate,
  probeUpdate,
  resumeAccountUpdate,
  toppedUpSignal,
  toppedUpUpdate,
} from '../../contract/messages';
import type { AccountMemo, AccountWorkflowInput } from '../../contract/workflow-inputs';
import { parseAccountWorkflowId } from '../../contract/workflow-ids';
import type { AccountState } from '../../domain/account-state';
import {
  afterAcceptedCredentials,
  afterRefusedCredentials,
  machineName,
  parseAccountState,
  withProbe,
} from '../../domain/account-state';
import { personId } from '../../domain/person';
import type { HeldReason } from '../../domain/reason';
import { isPlainText } from '../../domain/resolution';
import type { AccountNews } from './account-details';
import { describeAccount } from './account-details';
import { wakeHeldPayouts } from '../activity-proxies';
import { tellPause } from '../reporting/run-records';

/** Far below the limits of a history, and more than an account is ever paused. */
const mostChanges = 100;
/** The holds that end with a pause. */
const waitForAccount: readonly HeldReason[] = ['account_paused', 'credentials_refused'];
const waitForMoney: readonly HeldReason[] = ['insufficient_funds'];

/** What people or workers said, as far as it can be used. */
type Notice = { readonly by: string; readonly reason?: string };
type Wake = { readonly heldReasons: readonly HeldReason[]; readonly by: string; readonly note: string };

/**
 * Remembers whether new sends by one provider account wait, and wakes the payouts that wait for the account. One long-lived
 * run for each account that was ever paused or topped up; its memo is what workers and people read. It sends no money and
 * decides nothing about any payout.
 */
export async function accountWorkflow(input: unknown): Promise<void> {
  let state: AccountState = stateIn(input);
  let changes = 0;
  const wakes: Wake[] = [];
  const { workflowId } = workflowInfo();
  const account = parseAccountWorkflowId(workflowId)?.account ?? workflowId;
  const news: AccountNews = {};
  const show = (): void => setCurrentDetails(describeAccount(account, state, news));
  const change = (next: AccountState): AccountState => {
    tellPause(account, state, next);
    state = next;
    changes += 1;
    upsertMemo(memoOf(state));
    show();
    return state;
  };
  /** One that waits its turn says what a newer one says: a flood of top-ups wakes nobody twice. */
  const wakeLater = (wake: Wake): void => {
    if (!wakesPayouts()) return;
    const waiting = wakes.findIndex(({ heldReasons }) => heldReasons === wake.heldReasons);
    wakes.splice(waiting < 0 ? wakes.length : waiting, 1, wake);
  };
  setHandler(
    pauseAccountUpdate,
    (request) => {
      const { by, reason } = readNotice(request, true);
      // Paused twice is paused since the first time, for the newest reason. What the machine paused is people's from now on.
      const since = state.paused ? state.since : Date.now();
      return change({ paused: true, by, since, reason: reason ?? '' });
    },
    {
      description: 'New sends by this account wait; unresolved ones go on being resolved',
      validator: (request) => void readNotice(request, true),
    },
  );
  setHandler(
    resumeAccountUpdate,
    (request) => {
      const { by, reason } = readNotice(request, false);
      if (!state.paused) throw refused('not_paused');
      const next = change({
        paused: false,
        by,
        since: Date.now(),
        ...(reason === undefined ? {} : { reason }),
      });
      wakeLater({
        heldReasons: waitForAccount,
        by,
        note: because(`account ${account} was resumed`, reason),
      });
      return next;
    },
    {
      description: 'New sends by this account may go on, and those that wait are tried at once',
      validator: (request) => {
        readNotice(request, false);
        if (!state.paused) throw refused('not_paused');
      },
    },
  );

  const toppedUp = ({ by, reason }: Notice): AccountState => {
    changes += 1;
    news.toppedUp = { by, at: Date.now(), ...(reason === undefined ? {} : { reason }) };
    wakeLater({ heldReasons: waitForMoney, by, note: because(`account ${account} was topped up`, reason) });
    show();
    return state;
  };
  setHandler(toppedUpUpdate, (request) => toppedUp(readNotice(request, false)), {
    description: 'There is money on the account: every payout that waits for it is tried at once',
    validator: (request) => void readNotice(request, false),
  });
  setHandler(
    toppedUpSignal,
    (request: unknown) => {
      if (!wakesPayouts()) return;
      const notice = parseNotice(request, false);
      if (notice !== undefined) {
        toppedUp(notice);
        return;
      }
      changes += 1;
      news.refusedAt = Date.now();
      show();
    },
    { description: 'The same, for people with only Temporal’s UI or CLI' },
  );

  setHandler(
    credentialsUpdate,
    (report) => {
      const next = change(changed(afterReport(state, report)));
      if (!next.paused)
        wakeLater({
          heldReasons: waitForAccount,
          by: machineName,
          note: `the provider accepts the credentials of account ${account} again`,
        });
      return next;
    },
    {
      description: 'Workers: what the provider said to the account’s credentials',
      validator: (report) => void changed(afterReport(state, report)),
    },
  );
  setHandler(probeUpdate, (_request) => change(changed(withProbe(state, Date.now()))), {
    description: 'Workers: may one send try the refused credentials again?',
    validator: (_request) => void changed(withProbe(state, Date.now())),
  });
  show();

  for (;;) {
    await condition(
      () =>
        wakes.length > 0 || changes >= mostChanges || (changes > 0 && workflowInfo().continueAsNewSuggested),
    );
    const wake = wakes.shift();
    if (wake === undefined) break;
    const woken = await wakeUp(account, wake);
    news.woken = { at: Date.now(), ...(woken === undefined ? {} : { payouts: woken }) };
    show();
  }
  await condition(allHandlersFinished);
  const goOn = makeContinueAsNewFunc<typeof accountWorkflow>({ memo: memoOf(state) });
  await goOn({ schema: 1, state } satisfies AccountWorkflowInput);
}

/** How many payouts were told; undefined when that could not be done: each is tried again by itself later. */
async function wakeUp(account: string, wake: Wake): Promise<number | undefined> {
  try {
    return (await wakeHeldPayouts({ schema: 1, account, ...wake })).woken;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    log.warn('payouts that wait for an account were not all told', {
      account,
      heldReasons: wake.heldReasons,
    });
    return undefined;
  }
}

/** Workers of older versions knew no top-ups, and left it to the client to wake whom a pause had held. */
const wakesPayouts = (): boolean => patched('account-wakes');

const memoOf = (account: AccountState): AccountMemo => ({ account });

const stateIn = (input: unknown): AccountState =>
  parseAccountState(fieldsOf(input)['state']) ?? { paused: false };

const fieldsOf = (input: unknown): Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};

function parseNotice(input: unknown, isReasonNeeded: boolean): Notice | undefined {
  const { by, reason } = fieldsOf(input);
  const hasReason = isPlainText(reason, 1, 500);
  if (!isPlainText(by, 1, 128) || personId(by) === '') return undefined;
  if (!hasReason && (isReasonNeeded || reason !== undefined)) return undefined;
  return { by: personId(by), ...(hasReason ? { reason } : {}) };
}

function readNotice(input: unknown, isReasonNeeded: boolean): Notice {
  const notice = parseNotice(input, isReasonNeeded);
  if (notice === undefined) throw refused('message_malformed');
  return notice;
}

function afterReport(state: AccountState, report: unknown): AccountState | undefined {
  const { said, since } = fieldsOf(report);
  if (said === 'refused') return afterRefusedCredentials(state, Date.now());
  if (said === 'accepted' && typeof since === 'number')
    return afterAcceptedCredentials(state, since, Date.now());
  throw refused('message_malformed');
}

function changed(next: AccountState | undefined): AccountState {
  if (next === undefined) throw refused('nothing_to_change');
  return next;
}

/** A refused update leaves no event in history, so it is written to the worker's log: but for what workers ask all the time. */
function refused(code: AccountRefusal): ApplicationFailure {
  if (code !== 'nothing_to_change') log.warn('message refused', { code, what: 'account' });
  return ApplicationFailure.nonRetryable(`refused: ${code}`, code);
}

const because = (what: string, reason: string | undefined): string =>
  reason === undefined ? what : `${what}: ${reason}`;
