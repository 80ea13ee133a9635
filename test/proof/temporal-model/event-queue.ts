/** `run` is taken away when the event is called off. */
export type QueuedEvent = { readonly at: number; readonly tie: number; run: (() => void) | undefined };

type Entry = QueuedEvent & { order?: number };

/** A binary heap: earliest first, then by tie, then by the order in which events were added. */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #added = 0;

  add(event: QueuedEvent): void {
    const heap = this.#heap;
    const entry: Entry = event;
    entry.order = this.#added;
    this.#added += 1;
    let place = heap.length;
    heap.push(entry);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(entry, at(heap, parent))) break;
      heap[place] = at(heap, parent);
      place = parent;
    }
    heap[place] = entry;
  }

  take(): QueuedEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && isBefore(at(heap, right), at(heap, left)) ? right : left;
      if (!isBefore(at(heap, child), last)) break;
      heap[place] = at(heap, child);
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

const at = (heap: readonly Entry[], place: number): Entry => heap[place] as Entry;

const isBefore = (one: Entry, other: Entry): boolean =>
  one.at !== other.at
    ? one.at < other.at
    : one.tie !== other.tie
      ? one.tie < other.tie
      : (one.order ?? 0) < (other.order ?? 0);
