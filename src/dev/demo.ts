import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { createPayoutClient } from '../client/create-payout-client';
import type { PayoutClient } from '../client/payout-client';
import type { PayoutFilter } from '../client/visibility-query';
import { payoutWorkflowId } from '../contract/workflow-ids';
import type { PayoutRequest } from '../domain/payout-request';
import type { DemoPayout } from './demo-payouts';
import { demoPayouts, heldBalance, heldCurrency, ledgerBeneficiary, openPayouts } from './demo-payouts';
import type { DemoResult, DemoState } from './demo-view';
import { createDemoView, resultTable } from './demo-view';
import type { DevEnvironment, DevProcess } from './dev-environment';
import { exportLine, startDevEnvironment } from './dev-environment';
import { countHistory } from './history-counts';
import { approvers } from './simulated-configuration';

export type RunDemoOptions = {
  readonly temporalAddress?: string;
  readonly namespace?: string;
  /** Keep everything up until the signal, after the table, with two more payouts that are left open. */
  readonly stay: boolean;
  /** The last line of the output is the result as JSON; no live view. */
  readonly json: boolean;
};

/** Long enough for a worker that is killed several times on the way. */
const patienceMs = 120_000;

/**
 * The command `payouts demo`: pays through three simulated providers side by side, disturbs some of it, and compares
 * every end and every debit with what it should be. Resolves to whether all of it is right.
 */
export async function runDemo(options: RunDemoOptions, context: DevProcess): Promise<boolean> {
  const say = (line: string): void => context.err(`${line}\n`);
  const { temporalAddress, namespace } = options;
  const environment = await startDevEnvironment({
    say,
    env: context.env,
    signal: context.signal,
    ...(temporalAddress === undefined ? {} : { temporalAddress }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  try {
    const connection = await Connection.connect({ address: environment.address });
    try {
      const client = new Client({ connection, namespace: environment.namespace });
      say(
        `Worker process ${environment.worker.pid() ?? 'unknown'}; kill it if you like, it is started again.`,
      );
      const payouts = createPayoutClient({
        client,
        taskQueue: environment.taskQueue,
        answerTimeoutMs: 30_000,
      });
      const results = await payAll(environment, client, payouts, options, context);
      const ok = results.every((result) => result.ok);
      context.out(`\n${resultTable(results, context.colour)}\n`);
      context.out(
        ok
          ? '\nEvery payout ended as expected, and every intent has the debits it should have. Given back: the provider\n' +
              'debited it and credited it again, because it failed there or was returned.\n'
          : '\nNOT as expected: see the rows marked above.\n',
      );
      if (options.stay && environment.uiUrl !== undefined)
        context.out(
          `All of them in Temporal’s UI: ${environment.uiUrl}/namespaces/${environment.namespace}/workflows\n`,
        );
      if (options.stay && !context.signal.aborted) {
        await leaveOpen(payouts, environment, context.signal);
        context.out(whatIsOpen(environment));
      }
      if (options.json) context.out(`${JSON.stringify(asJson(ok, results))}\n`);
      if (options.stay && !context.signal.aborted) {
        say('Everything stays up for a look around. Stop with Ctrl-C.');
        await once(context.signal, 'abort');
      }
      return ok;
    } finally {
      await connection.close();
    }
  } finally {
    await environment.stop();
  }
}

async function payAll(
  environment: DevEnvironment,
  temporal: Client,
  client: PayoutClient,
  { json }: RunDemoOptions,
  context: DevProcess,
): Promise<readonly DemoResult[]> {
  const { simulators } = environment;
  const payouts = demoPayouts(await saveDestination(environment));
  for (const { arrange } of payouts) arrange?.(simulators);
  await Promise.all(payouts.map(({ request }) => client.start(request)));

  const giveUp = new AbortController();
  const people = payouts.map((payout) => withPeople(payout, client, environment, giveUp.signal));
  const view = createDemoView(context, { live: context.isTerminal && !json });
  const endsAt = Date.now() + patienceMs;
  for (;;) {
    const states = await Promise.all(payouts.map((payout) => stateOf(payout, client, temporal)));
    view.show(states);
    if (states.every(({ closed }) => closed) || Date.now() > endsAt || context.signal.aborted) break;
    await sleep(250);
  }
  giveUp.abort();
  await Promise.all(people);
  view.end();
  return Promise.all(payouts.map((payout) => resultOf(payout, client, temporal, environment)));
}

/** Starts the two, and resolves when both can be found as what they are. */
async function leaveOpen(
  client: PayoutClient,
  { simulators: { pontis } }: DevEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const { waiting, held } = openPayouts;
  pontis.simulator.setBalance(heldCurrency, heldBalance);
  await Promise.all([client.start(waiting), client.start(held)]);
  const isListed = async (payout: PayoutRequest, filter: PayoutFilter): Promise<boolean> => {
    for await (const { reference } of client.list({ tenant: payout.tenant, ...filter })) {
      if (reference === payout.reference) return true;
    }
    return false;
  };
  const endsAt = Date.now() + patienceMs;
  for (;;) {
    const [isWaiting, isHeld] = await Promise.all([
      isListed(waiting, { status: ['awaiting-approval'] }),
      isListed(held, { held: true }),
    ]);
    if ((isWaiting && isHeld) || signal.aborted || Date.now() > endsAt) return;
    await sleep(250);
  }
}

/** Where they are, and how each goes on. */
function whatIsOpen(environment: DevEnvironment): string {
  const { waiting, held } = openPayouts;
  const address = ({ tenant, reference }: PayoutRequest): string => `${tenant}/${reference}`;
  const topUp = `'{"currency":"${heldCurrency}","available":"10000.00"}'`;
  return [
    '',
    `Two are left open: ${address(waiting)} waits for two of ${approvers.join(', ')};`,
    `${address(held)} is held, because the account at Pontis has ${heldBalance} ${heldCurrency}.`,
    'In another terminal, in the folder of the repository:',
    `  ${exportLine(environment)}`,
    '  npx payouts list',
    `  npx payouts show ${address(waiting)}`,
    ...approvers.slice(0, 2).map((who) => `  npx payouts decide ${address(waiting)} --approve --as ${who}`),
    `  curl -sf ${environment.simulators.pontis.adminUrl}/balance -d ${topUp}`,
    `  npx payouts resume ${address(held)} --as treasury --reason "topped up"`,
    '',
  ].join('\n');
}

/** People act through the client, as they would in life; what fails is tried again until the demo ends. */
async function withPeople(
  { people, request }: DemoPayout,
  client: PayoutClient,
  { simulators }: DevEnvironment,
  giveUp: AbortSignal,
): Promise<void> {
  if (people === undefined) return;
  const stopped = once(giveUp, 'abort');
  const acted = (async () => {
    while (!giveUp.aborted) {
      try {
        await people(client, { tenant: request.tenant, reference: request.reference }, simulators);
        return;
      } catch {
        // A worker that was just killed answers nothing: decisions are repeatable.
        await sleep(500);
      }
    }
  })();
  await Promise.race([stopped, acted]);
}

async function stateOf(payout: DemoPayout, client: PayoutClient, temporal: Client): Promise<DemoState> {
  const { tenant, reference } = payout.request;
  const [outcome, description] = await Promise.all([
    client.outcome({ tenant, reference }),
    temporal.workflow.getHandle(payoutWorkflowId(payout.request)).describe(),
  ]);
  return {
    name: payout.name,
    account: payout.account,
    status: outcome.status,
    closed: description.status.name !== 'RUNNING',
    ...(outcome.heldReason === undefined ? {} : { held: outcome.heldReason }),
  };
}

async function resultOf(
  payout: DemoPayout,
  client: PayoutClient,
  temporal: Client,
  { simulators, uiUrl, namespace }: DevEnvironment,
): Promise<DemoResult> {
  const { request, expected } = payout;
  const { tenant, reference } = request;
  const { status } = await client.outcome({ tenant, reference });
  const beneficiary = ledgerBeneficiary(request);
  const booked = simulators[payout.account].simulator
    .ledger()
    .filter((entry) => entry.beneficiary === beneficiary);
  const debits = booked.filter(({ kind }) => kind === 'debit').length;
  const givenBack = booked.length - debits;
  const mustBeBack = expected === 'failed' || expected === 'returned' ? payout.debits : 0;
  const handle = temporal.workflow.getHandle(payoutWorkflowId(request));
  const [{ events, actions }, { runId }] = await Promise.all([countHistory(handle), handle.describe()]);
  return {
    name: payout.name,
    reference,
    account: payout.account,
    expected,
    actual: status,
    debits,
    expectedDebits: payout.debits,
    givenBack,
    historyEvents: events,
    actions,
    url:
      uiUrl === undefined
        ? ''
        : `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(payoutWorkflowId(request))}/${runId}/history`,
    ok: status === expected && debits === payout.debits && givenBack === mustBeBack,
  };
}

/** One destination that Syncgram knows before the demo begins, made through its API. */
async function saveDestination({ simulators: { syncgram } }: DevEnvironment): Promise<string> {
  const reply = await fetch(`${syncgram.url}/api/v1/payouts/destinations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${syncgram.credentials.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'bank_account',
      account_number: '0123456787',
      account_name: 'Ngozi Okafor',
      bank_code: '058',
    }),
  });
  const saved = (await reply.json()) as { readonly id?: string };
  if (saved.id === undefined)
    throw new Error(`the simulated Syncgram saved no destination (HTTP ${reply.status})`);
  return saved.id;
}

const asJson = (ok: boolean, results: readonly DemoResult[]): object => ({
  ok,
  payouts: results.map(
    ({ reference, account, expected, actual, debits, givenBack, historyEvents, actions, url }) => ({
      reference,
      account,
      expected,
      actual,
      debits,
      givenBack,
      historyEvents,
      actions,
      url,
    }),
  ),
});
