/** Messages of an event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), as its bytes come. */

export interface EventMessage {
  /** Empty: it names none. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

const MOST_CHARS = 67_108_864;

/** @throws Error for a message that is longer than can be held */
export async function* eventMessages(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<EventMessage> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of bytes) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST_CHARS) throw new Error("a message of the event stream is too long");
    // A line that ends with the chunk may be going to end with two characters.
    const whole = text.replaceAll(/\r\n|\r(?!$)/g, "\n");
    const messages = whole.split("\n\n");
    text = messages.pop() ?? "";
    for (const message of messages) yield messageOf(message);
  }
}

function messageOf(text: string): EventMessage {
  const fields = { id: "", event: "message", data: [] as string[] };
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === "id") fields.id = value;
    else if (name === "event") fields.event = value;
    else if (name === "data") fields.data.push(value);
  }
  return { ...fields, data: fields.data.join("\n") };
}
