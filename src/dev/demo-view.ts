import { styleText } from 'node:util';
import type { PayoutStatus } from '../domain/payout-status';
import { isFinal } from '../domain/payout-status';
import type { DevProcess } from './dev-environment';

/** One payout while the demo runs. */
export type DemoState = {
  readonly name: string;
  readonly account: string;
  readonly status: PayoutStatus;
  readonly held?: string;
  /** The run has ended, watch included. */
  readonly closed: boolean;
};

/** One payout at the end. */
export type DemoResult = {
  readonly name: string;
  readonly reference: string;
  readonly account: string;
  readonly expected: PayoutStatus;
  readonly actual: PayoutStatus;
  readonly debits: number;
  readonly expectedDebits: number;
  /** Debits that the provider gave back, because the payout failed or was returned. */
  readonly givenBack: number;
  readonly historyEvents: number;
  readonly actions: number;
  readonly url: string;
  readonly ok: boolean;
};

export type DemoView = { show(states: readonly DemoState[]): void; end(): void };

/** On a terminal one table that is redrawn; elsewhere one line for each change. */
export function createDemoView({ out, colour }: DevProcess, { live }: { readonly live: boolean }): DemoView {
  const seen = new Map<string, string>();
  let drawn = 0;
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const words = ({ status, held, closed }: DemoState): string => {
    const text = held === undefined ? status : `${status}, held: ${held}`;
    if (held !== undefined) return paint('yellow', text);
    if (!isFinal(status)) return text;
    return paint(status === 'paid' ? 'green' : 'cyan', closed ? text : `${text} (watched)`);
  };
  return {
    show(states) {
      if (live) {
        const width = Math.max(...states.map(({ name }) => name.length));
        const lines = states.map(
          (state) => `  ${state.name.padEnd(width)}  ${state.account.padEnd(9)} ${words(state)}`,
        );
        out(`${drawn === 0 ? '' : `\u001b[${drawn}A`}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
        drawn = lines.length;
        return;
      }
      for (const state of states) {
        const text = words(state);
        if (seen.get(state.name) !== text) out(`${state.name}: ${text}\n`);
        seen.set(state.name, text);
      }
    },
    end: () => undefined,
  };
}

const columns = ['payout', 'account', 'expected', 'actual', 'debits', 'events'] as const;

/** The final table. */
export function resultTable(results: readonly DemoResult[], colour: boolean): string {
  const rows = results.map((result) => [
    `${result.ok ? ' ' : '!'} ${result.name}`,
    result.account,
    result.expected,
    result.actual,
    debitsOf(result),
    String(result.historyEvents),
  ]);
  const widths = columns.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ');
  return [
    line(['  payout', ...columns.slice(1)]),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row, index) =>
      colour && results[index]?.ok === false
        ? styleText('red', line(row), { validateStream: false })
        : line(row),
    ),
  ].join('\n');
}

/** A payout that failed at the provider was debited, and the money is back: no money moved in the end. */
function debitsOf({ debits, expectedDebits, givenBack }: DemoResult): string {
  if (debits !== expectedDebits) return `${debits} (not ${expectedDebits})`;
  return givenBack === 0 ? String(debits) : `${debits}, given back`;
}
