/** Where one line of progress goes, without a line break. */
export type Say = (line: string) => void;

/** What went wrong, as a part of such a line. */
export function oneLine(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  // A connection that was refused on every address of a host has a code only.
  const text = message === undefined || message === '' ? (code ?? String(error)) : message;
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
