import { describe, expect, it } from "vitest";
import { useLightSignals } from "./light-signals.ts";

const native = globalThis.AbortController;

/** What a controller does, as far as this library and simulated code can see. */
function behaviour(): unknown[] {
  const seen: unknown[] = [];
  const controller = new AbortController();
  const { signal } = controller;
  const taken = (): void => void seen.push("taken back");
  const object = { handleEvent: (event: Event) => seen.push(["object", event.type, event.target === signal]) };
  signal.throwIfAborted();
  signal.addEventListener("abort", () => {
    seen.push("first", signal.aborted);
    signal.addEventListener("abort", () => seen.push("meanwhile"));
    signal.removeEventListener("abort", taken);
  });
  signal.addEventListener("abort", object, { once: true });
  signal.addEventListener("abort", object, { once: true });
  signal.addEventListener("abort", taken);
  signal.addEventListener("other", () => seen.push("other"));
  controller.abort("why");
  controller.abort("again");
  signal.addEventListener("abort", () => seen.push("too late"));
  seen.push(signal.reason);
  try {
    signal.throwIfAborted();
  } catch (error) {
    seen.push(error);
  }
  const plain = new AbortController();
  plain.abort();
  seen.push((plain.signal.reason as DOMException).name, (plain.signal.reason as DOMException).message);
  return seen;
}

describe("A light signal", () => {
  it("behaves like a native one", () => {
    const expected = behaviour();
    const restore = useLightSignals();
    try {
      expect(new AbortController()).not.toBeInstanceOf(native);
      expect(behaviour()).toEqual(expected);
    } finally {
      restore();
    }
    expect(globalThis.AbortController).toBe(native);
  });

  it("is in place until the last world has ended", () => {
    const [first, second] = [useLightSignals(), useLightSignals()];
    first();
    expect(globalThis.AbortController).not.toBe(native);
    second();
    expect(globalThis.AbortController).toBe(native);
  });
});
