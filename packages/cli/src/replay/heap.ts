/** What comes next, of many things with an instant: a binary heap. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #atMs: (item: T) => number;

  constructor(atMs: (item: T) => number) {
    this.#atMs = atMs;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    const atMs = this.#atMs(item);
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above] as T;
      if (this.#atMs(parent) <= atMs) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.#sink(last);
    return first;
  }

  #sink(item: T): void {
    const items = this.#items;
    const atMs = this.#atMs(item);
    let at = 0;
    for (let below = 1; below < items.length; below = 2 * at + 1) {
      const right = below + 1;
      if (right < items.length && this.#atMs(items[right] as T) < this.#atMs(items[below] as T)) below = right;
      const child = items[below] as T;
      if (this.#atMs(child) >= atMs) break;
      items[at] = child;
      at = below;
    }
    items[at] = item;
  }
}
