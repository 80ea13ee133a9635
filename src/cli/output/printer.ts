import { styleText } from 'node:util';
import type { CliPorts, TextOutput } from '../cli-ports';
import { printable, printableJson } from './printable';
import { columnsOf, padded, shortened, wrapped } from './text-width';

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/**
 * How commands print. Every value goes through `printable`: what comes from outside never reaches a terminal raw. On a terminal
 * lines are broken between words to its width; elsewhere nothing is broken or cut.
 */
export type Printer = {
  /** One line of text for people. Pieces with a style are coloured on a terminal. */
  line(...pieces: readonly (string | Styled)[]): void;
  /** Label and value, aligned on a terminal, tab-separated elsewhere. */
  facts(rows: readonly (readonly [string, string | Styled])[]): void;
  /**
   * A table on a terminal; where it is too narrow for one, each row as a few lines. Tab-separated lines without a header
   * elsewhere. A cell `-` is empty.
   */
  table(header: readonly string[], rows: readonly (readonly (string | Styled)[])[]): void;
  /** One JSON document, or one line of a stream. */
  json(value: unknown): void;
};

export type Styled = { readonly text: string; readonly style: Style };

export const styled = (style: Style, text: string): Styled => ({ style, text });

/** What a terminal has that does not say how wide it is. */
const usualColumns = 80;
/** Narrower ones get lines that are too long: broken further they could not be read either. */
const leastColumns = 40;
/** Of a last column that is broken into lines. */
const leastCellColumns = 24;

/** How wide lines may be; undefined where nobody breaks them. */
export const columnsFor = ({ isTTY, columns = usualColumns }: TextOutput): number | undefined =>
  isTTY === true ? Math.max(leastColumns, columns) : undefined;

export function createPrinter(output: TextOutput, env: CliPorts['env']): Printer {
  const columns = columnsFor(output);
  const hasColour = mayColour(output, env);
  const textOf = (piece: string | Styled): string =>
    printable(typeof piece === 'string' ? piece : piece.text);
  const paint = (text: string, piece: string | Styled): string =>
    // The ports have decided; styleText's own look at the process would overrule them.
    typeof piece === 'string' || !hasColour || text === ''
      ? text
      : styleText(piece.style, text, { validateStream: false });
  const write = (line: string): void => void output.write(`${line.trimEnd()}\n`);

  /** Pieces in lines, each piece in its colour on whichever line its words come to stand. */
  const wrappedPieces = (pieces: readonly (string | Styled)[], width: number, indent: string): string[] => {
    const texts = pieces.map(textOf);
    const lines = wrapped(texts.join(''), width, indent);
    if (lines.length === 1 || !hasColour || pieces.every((piece) => typeof piece === 'string'))
      return lines.length === 1
        ? [pieces.map((piece, index) => paint(texts[index] ?? '', piece)).join('')]
        : [...lines];
    // The first piece stands at the beginning, and is short: a label or a mark. Colour further on is left out.
    const [first = '', ...others] = lines;
    const head = texts[0] ?? '';
    return [
      first.startsWith(head) ? paint(head, pieces[0] ?? '') + first.slice(head.length) : first,
      ...others,
    ];
  };

  const block = (cells: readonly Cell[], width: number): void => {
    const [title, ...others] = cells;
    if (title === undefined) return;
    const fragments = [
      { plain: shortened(textOf(title.value), width), of: title, isTitle: true },
      ...others
        .filter(({ value }) => textOf(value) !== '-' && textOf(value) !== '')
        .map((cell) => ({ plain: `${cell.header} ${textOf(cell.value)}`, of: cell, isTitle: false })),
    ];
    let line = '';
    let taken = 0;
    for (const { plain, of, isTitle } of fragments) {
      const show = (text: string): string =>
        isTitle
          ? paint(text, styled('bold', ''))
          : text.startsWith(`${of.header} `)
            ? `${paint(of.header, styled('dim', ''))} ${paint(text.slice(of.header.length + 1), of.value)}`
            : text;
      const gap = taken === 0 ? '' : '  ';
      if (taken > 0 && taken + gap.length + columnsOf(plain) > width) {
        write(line);
        const [first = '', ...rest] = wrapped(plain, width - 2, '    ').map((part) =>
          shortened(part, width - 2),
        );
        line = `  ${show(first)}`;
        taken = 2 + columnsOf(first);
        for (const part of rest) {
          write(line);
          line = part;
          taken = columnsOf(part);
        }
      } else {
        line += gap + show(plain);
        taken += gap.length + columnsOf(plain);
      }
    }
    write(line);
  };

  return {
    line(...pieces) {
      if (columns === undefined)
        output.write(`${pieces.map((piece) => paint(textOf(piece), piece)).join('')}\n`);
      else {
        const [, indent = ''] = /^( *)/.exec(textOf(pieces[0] ?? '')) ?? [];
        for (const line of wrappedPieces(pieces, columns, indent)) output.write(`${line}\n`);
      }
    },
    facts(rows) {
      if (columns === undefined) {
        for (const [label, value] of rows) output.write(`${textOf(label)}\t${textOf(value)}\n`);
        return;
      }
      const labelled = Math.max(0, ...rows.map(([label]) => columnsOf(textOf(label)))) + 2;
      for (const [label, value] of rows) {
        const text = textOf(value);
        const longestWord = Math.max(0, ...text.split(' ').map(columnsOf));
        // A digest or an id that does not fit beside its label gets the next line for itself.
        const isBelow = longestWord > columns - labelled;
        const lines = wrapped(text, columns - (isBelow ? 2 : labelled));
        const [first = '', ...others] = lines;
        const head = paint(padded(textOf(label), labelled - 2), styled('dim', ''));
        if (isBelow) write(head);
        write(isBelow ? `  ${paint(first, value)}` : `${head}  ${paint(first, value)}`);
        for (const line of others) write(' '.repeat(isBelow ? 2 : labelled) + paint(line, value));
      }
    },
    table(header, rows) {
      if (columns === undefined) {
        for (const row of rows) output.write(`${row.map(textOf).join('\t')}\n`);
        return;
      }
      const widths = header.map((title, column) =>
        Math.max(title.length, ...rows.map((row) => columnsOf(textOf(row[column] ?? '')))),
      );
      const last = widths.length - 1;
      const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
      const room = columns - before;
      if (room < Math.min(widths[last] ?? 0, leastCellColumns)) {
        for (const row of rows)
          block(
            row.map((value, column) => ({ header: header[column] ?? '', value })),
            columns,
          );
        return;
      }
      const writeRow = (row: readonly (string | Styled)[]): void => {
        const cells = row
          .slice(0, last)
          .map((cell, column) => paint(padded(textOf(cell), widths[column] ?? 0), cell));
        const cell = row[last] ?? '';
        const [first = '', ...others] = wrapped(textOf(cell), room).map((line) => shortened(line, room));
        write([...cells, paint(first, cell)].join('  '));
        for (const line of others) write(' '.repeat(before) + paint(line, cell));
      };
      writeRow(header.map((title) => styled('bold', title)));
      rows.forEach(writeRow);
    },
    json: (value) => void output.write(`${printableJson(value)}\n`),
  };
}

type Cell = { readonly header: string; readonly value: string | Styled };

/** https://no-color.org: any value that is not empty means no. */
export const mayColour = (output: TextOutput, env: CliPorts['env']): boolean =>
  output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
