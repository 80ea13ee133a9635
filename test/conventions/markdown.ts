/** Rows of the Markdown tables of a text, cells trimmed; heads and separators left out. Layout does not matter. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    if (!line.trim().startsWith('|')) return;
    const isHead = /^\s*\|[\s:|-]+\|\s*$/.test(lines[index + 1] ?? '');
    if (isHead || /^\s*\|[\s:|-]+\|\s*$/.test(line)) return;
    rows.push(
      line
        .trim()
        .replace(/^\||\|$/g, '')
        .split('|')
        .map((cell) => cell.trim()),
    );
  });
  return rows;
}

/** The text under a heading, up to the next heading of the same or a higher level. */
export function section(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '').trim() === heading);
  if (start < 0) throw new Error(`no heading "${heading}"`);
  const level = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 1;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => (/^#+(?= )/.exec(line)?.[0].length ?? Infinity) <= level);
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

/** Targets of links and pictures, code blocks left out. */
export function linksIn(text: string): readonly string[] {
  const prose = text.replace(/```[^]*?```/g, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map((match) => match[1] ?? '');
}

/** GitHub's anchor of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[`*]/g, '')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

export const headingsIn = (text: string): readonly string[] =>
  text
    .replace(/```[^]*?```/g, '')
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) => line.replace(/^#+ /, ''));
