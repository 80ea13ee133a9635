/** A binary heap of things that become due; equal times keep the order in which they were added. */
export class DueQueue<T> {
  private readonly heap: { readonly dueAt: number; readonly order: number; readonly item: T }[] = [];
  private added = 0;

  push(dueAt: number, item: T): void {
    const entry = { dueAt, order: this.added, item };
    this.added += 1;
    let index = this.heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  peek(): { readonly dueAt: number; readonly item: T } | undefined {
    return this.heap[0];
  }

  pop(): { readonly dueAt: number; readonly item: T } | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined || this.heap.length === 0) return first;
    this.heap[0] = last;
    let index = 0;
    for (;;) {
      let smallest = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.heap.length && this.isBefore(child, smallest)) smallest = child;
      }
      if (smallest === index) return first;
      this.swap(index, smallest);
      index = smallest;
    }
  }

  private isBefore(left: number, right: number): boolean {
    const a = this.heap[left];
    const b = this.heap[right];
    if (a === undefined || b === undefined) return false;
    return a.dueAt === b.dueAt ? a.order < b.order : a.dueAt < b.dueAt;
  }

  private swap(left: number, right: number): void {
    const a = this.heap[left];
    const b = this.heap[right];
    if (a === undefined || b === undefined) return;
    this.heap[left] = b;
    this.heap[right] = a;
  }
}
