import type { AccountState } from '../../domain/account-state';
import { isCredentialsPause } from '../../domain/account-state';
import { quoted, time } from '../reporting/current-details';

/** What happened last, for people who look at the run. Nothing is decided by it, and a next run does not know it. */
export type AccountNews = {
  toppedUp?: { readonly by: string; readonly at: number; readonly reason?: string };
  /** When a signal came that was none. */
  refusedAt?: number;
  /** `payouts`: how many payouts were told; absent when they could not all be. */
  woken?: { readonly at: number; readonly payouts?: number };
};

/** Markdown for Temporal UI’s current details. */
export function describeAccount(account: string, state: AccountState, news: AccountNews): string {
  const { toppedUp, refusedAt, woken } = news;
  return [
    `### Provider account ${account}${state.paused ? ' — paused' : ''}`,
    '',
    ...(state.paused ? pauseLines(account, state) : ['Not paused.']),
    ...(toppedUp === undefined
      ? []
      : [
          `- **Topped up**, says ${quoted(toppedUp.by)} at ${time(toppedUp.at)}${toppedUp.reason === undefined ? '' : `: ${quoted(toppedUp.reason)}`}`,
        ]),
    ...(woken === undefined
      ? []
      : woken.payouts === undefined
        ? [`- **Not all payouts that wait could be told** (${time(woken.at)}): each is tried again by itself`]
        : [`- **Payouts that were told to go on**: ${woken.payouts} (${time(woken.at)})`]),
    ...(refusedAt === undefined
      ? []
      : [`- **A signal was refused** (${time(refusedAt)}): message_malformed, it does not say who it is by`]),
  ].join('\n');
}

function pauseLines(
  account: string,
  state: Extract<AccountState, { readonly paused: true }>,
): readonly string[] {
  const waits = 'New sends wait as `account_paused`. What is unresolved goes on being resolved.';
  const end = `\`payouts resume ${account} --as YOU\``;
  if (!isCredentialsPause(state)) return [waits, '', `- **From a terminal**: ${end}`];
  return [
    `The provider refuses the account’s credentials. ${waits}`,
    '',
    '- **What to do**: check key, signature secret, clock and allowed addresses of the account; deploy',
    `- **Then**: it is noticed by itself within minutes; from a terminal at once: ${end}`,
  ];
}
