/**
 * The requests under way, to be told when time is up. Each knows its place, so that it leaves in one step: a set that gains and
 * loses a member for each request is hashed anew again and again.
 */

export interface Stoppable {
  /** Where it stands; the list's own business. */
  place: number;
  keepNoConnection(): void;
  stop(): void;
}

export class UnderWay {
  readonly #requests: Stoppable[] = [];

  get size(): number {
    return this.#requests.length;
  }

  add(request: Stoppable): void {
    request.place = this.#requests.push(request) - 1;
  }

  /** One that was added, once. */
  remove({ place }: Stoppable): void {
    const last = this.#requests.pop();
    if (last === undefined || last.place === place) return;
    this.#requests[place] = last;
    last.place = place;
  }

  keepNoConnection(): void {
    for (const request of this.#requests) request.keepNoConnection();
  }

  stopAll(): void {
    for (const request of [...this.#requests]) request.stop();
  }
}
