/**
 * Server-sent events (WHATWG HTML §9.2): the data of each event. Also the bare JSON that servers write into such a stream when
 * they fail, outside of any event.
 */
import { BareJson } from "./bare-json.ts";
import { type Framing, Lines, MOST_FRAME_CHARS } from "./framing.ts";

export class ServerSentEvents implements Framing {
  readonly #lines = new Lines();
  readonly #bare = new BareJson();
  #data: string[] = [];
  #size = 0;
  #tooLong = false;

  get passedOver(): boolean {
    return this.#tooLong || this.#lines.passedOver;
  }

  push(text: string): readonly string[] {
    const events: string[] = [];
    for (const line of this.#lines.push(text)) this.#line(line, events);
    return events;
  }

  // An event that lacks its blank line is complete enough: the SDKs read it too.
  rest(): readonly string[] {
    const events: string[] = [];
    this.#line(this.#lines.rest(), events);
    this.#dispatch(events);
    events.push(...this.#bare.rest());
    return events;
  }

  #line(line: string, events: string[]): void {
    if (line === "") this.#dispatch(events);
    else if (line.startsWith("data:")) this.#add(line.slice(line.startsWith("data: ") ? 6 : 5));
    else events.push(...this.#bare.add(line));
  }

  #add(data: string): void {
    this.#size += data.length;
    if (this.#size <= MOST_FRAME_CHARS) this.#data.push(data);
    else {
      this.#tooLong = true;
      this.#data = [];
    }
  }

  #dispatch(events: string[]): void {
    if (this.#data.length > 0) events.push(this.#data.join("\n"));
    this.#data = [];
    this.#size = 0;
  }
}
