import { styleText } from 'node:util';
import type { CliPorts, TextOutput } from '../cli-ports';
import { printable, printableJson } from './printable';

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/** How commands print. Every value goes through `printable`: what comes from outside never reaches a terminal raw. */
export type Printer = {
  /** One line of text for people. Pieces with a style are coloured on a terminal. */
  line(...pieces: readonly (string | Styled)[]): void;
  /** Label and value, aligned on a terminal, tab-separated elsewhere. */
  facts(rows: readonly (readonly [string, string | Styled])[]): void;
  /** A table on a terminal; tab-separated lines without a header elsewhere. */
  table(header: readonly string[], rows: readonly (readonly (string | Styled)[])[]): void;
  /** One JSON document, or one line of a stream. */
  json(value: unknown): void;
};

export type Styled = { readonly text: string; readonly style: Style };

export const styled = (style: Style, text: string): Styled => ({ style, text });

export function createPrinter(output: TextOutput, env: CliPorts['env']): Printer {
  const isTerminal = output.isTTY === true;
  const hasColour = mayColour(output, env);
  const textOf = (piece: string | Styled): string =>
    printable(typeof piece === 'string' ? piece : piece.text);
  const show = (piece: string | Styled, width = 0): string => {
    const text = textOf(piece).padEnd(width);
    // The ports have decided; styleText's own look at the process would overrule them.
    return typeof piece === 'string' || !hasColour
      ? text
      : styleText(piece.style, text, { validateStream: false });
  };
  const printer: Printer = {
    line: (...pieces) => void output.write(`${pieces.map((piece) => show(piece)).join('')}\n`),
    facts(rows) {
      const width = isTerminal ? Math.max(0, ...rows.map(([label]) => label.length)) : 0;
      for (const [label, value] of rows) {
        output.write(
          isTerminal
            ? `${show(styled('dim', label), width)}  ${show(value)}\n`
            : `${textOf(label)}\t${textOf(value)}\n`,
        );
      }
    },
    table(header, rows) {
      if (!isTerminal) {
        for (const row of rows) output.write(`${row.map(textOf).join('\t')}\n`);
        return;
      }
      const widths = header.map((title, column) =>
        Math.max(title.length, ...rows.map((row) => textOf(row[column] ?? '').length)),
      );
      const write = (row: readonly (string | Styled)[]): void =>
        void output.write(
          `${row
            .map((cell, column) => show(cell, widths[column]))
            .join('  ')
            .trimEnd()}\n`,
        );
      write(header.map((title) => styled('bold', title)));
      rows.forEach(write);
    },
    json: (value) => void output.write(`${printableJson(value)}\n`),
  };
  return printer;
}

/** https://no-color.org: any value that is not empty means no. */
export const mayColour = (output: TextOutput, env: CliPorts['env']): boolean =>
  output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
