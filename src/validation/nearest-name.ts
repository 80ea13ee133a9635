/** `; did you mean timeoutMs?`, or nothing where no known name is near. */
export function didYouMean(written: string, known: readonly string[]): string {
  const nearest = nearestName(written, known);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** The known name that somebody most likely meant; undefined where none is near. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const word = plain(written.slice(0, 64));
  if (word === '') return undefined;
  const [best] = known
    .map((name) => ({ name, steps: stepsBetween(word, plain(name)) }))
    .filter(({ name, steps }) => steps <= Math.max(1, Math.floor(plain(name).length / 3)))
    .toSorted((left, right) => left.steps - right.steps);
  // `timeout` for `timeoutMs`, `statuses` for `status`: the beginning is right.
  const begun = known.find((name) => {
    const [short, long] = [word, plain(name)].toSorted((left, right) => left.length - right.length);
    return short !== undefined && short.length >= 4 && long?.startsWith(short) === true;
  });
  return best?.name ?? begun;
}

/** Letters put in, left out, exchanged, or swapped with their neighbour, from one word to the other. */
function stepsBetween(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row.push(
        Math.min(
          at(rows, i - 1, j) + 1,
          (row[j - 1] ?? 0) + 1,
          at(rows, i - 1, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(rows, i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(row);
  }
  return at(rows, from.length, to.length);
}

const at = (rows: readonly (readonly number[])[], row: number, column: number): number =>
  rows[row]?.[column] ?? 0;
