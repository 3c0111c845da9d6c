/** What happened lately, newest first. */
import type { JSX } from "preact";
import type { EventView } from "../../src/views/wire.ts";
import { StateMark } from "./state-mark.tsx";
import { eventWords, type Look, time } from "./words.ts";

const SHOWN = 60;

export function Events({ events }: { readonly events: readonly EventView[] }): JSX.Element {
  return (
    <section class="events" aria-label="Events">
      <h2>Events</h2>
      {events.length === 0 ? (
        <p class="empty">Nothing has happened yet.</p>
      ) : (
        <EventLines events={events.slice(-SHOWN)} />
      )}
    </section>
  );
}

/** @param events oldest first */
export function EventLines({ events }: { readonly events: readonly EventView[] }): JSX.Element {
  return (
    <ol class="lines">
      {events.toReversed().map((event) => (
        <li key={event.id}>
          <time dateTime={new Date(event.atMs).toISOString()}>{time(event.atMs)}</time>
          <StateMark look={lookOf(event)} size={12} />
          <span>{eventWords(event)}</span>
        </li>
      ))}
    </ol>
  );
}

function lookOf(event: EventView): Look {
  switch (event.type) {
    case "transition":
      return event.to;
    case "probe":
      return event.result === "passed" ? "closed" : "half-open";
    case "store":
      return event.mode === "shared" ? "closed" : "no-data";
    case "hold":
    case "override":
    case "policy":
      return "held";
  }
}
