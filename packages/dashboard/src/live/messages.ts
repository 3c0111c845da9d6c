/** Messages of the event stream, numbered, with as many of the last ones kept as fit into a fixed size. */

export interface Message {
  readonly id: string;
  readonly bytes: Uint8Array;
}

const KEPT_BYTES = 1_048_576;

export class Messages {
  readonly #kept: Message[] = [];
  readonly #encoder = new TextEncoder();
  #life = "";
  #bytes = 0;
  #number = 0;

  /** Forgets all: from now on an old message's name means nothing. @param life another one each time */
  begin(life: string): void {
    this.#life = life;
    this.#kept.length = this.#bytes = this.#number = 0;
  }

  /** The next message, kept. */
  add(event: string, data: unknown): Message {
    this.#number++;
    const message = this.#made(event, data);
    this.#kept.push(message);
    this.#bytes += message.bytes.length;
    while (this.#bytes > KEPT_BYTES) this.#bytes -= this.#kept.shift()?.bytes.length ?? this.#bytes;
    return message;
  }

  /** One for a single reader, who has everything up to now with it. */
  alone(event: string, data: unknown): Message {
    return this.#made(event, data);
  }

  /** What came after the one of this name; null: that is no longer known. */
  after(id: string): readonly Message[] | null {
    if (id === this.#idOf(this.#number)) return [];
    const at = this.#kept.findIndex((message) => message.id === id);
    return at < 0 ? null : this.#kept.slice(at + 1);
  }

  #made(event: string, data: unknown): Message {
    const id = this.#idOf(this.#number);
    // One line: JSON has no line break of its own.
    return { id, bytes: this.#encoder.encode(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`) };
  }

  #idOf(number: number): string {
    return `${this.#life}:${number}`;
  }
}
