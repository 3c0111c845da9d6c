/** What happened and what to look at next, in one sentence each, from the numbers of this very run. */
import { seconds } from "../terminal/display.ts";
import type { DemoEvent } from "./journal.ts";
import { outagesOf, type Scenario } from "./scenarios.ts";
import type { Arms } from "./stage.ts";
import type { ArmSummary } from "./summary.ts";

export interface Course {
  readonly scenario: Scenario;
  readonly events: readonly DemoEvent[];
  readonly arms: Arms<ArmSummary>;
}

export interface Verdict {
  readonly happened: string;
  readonly next: string;
}

/** @param command how the reader starts the demo: `recloser demo` or `npm start --` */
export function verdictOf(course: Course, command: string): Verdict {
  const { scenario, why } = course.scenario.next;
  return { happened: happened(course), next: `Next: ${command} --scenario ${scenario}, ${why}.` };
}

function happened({ scenario, events, arms }: Course): string {
  const openings = events.filter(({ kind, facts }) => kind === "transition" && facts["from"] === "closed");
  const holds = events.filter(({ kind }) => kind === "hold");
  const [first] = openings;
  if (first !== undefined) {
    const fromMs = outagesOf(scenario)[0]?.fromMs ?? 0;
    const when = `The breaker opened ${seconds(first.atMs - fromMs)} after the trouble began`;
    const again = openings.length > 1 ? `, ${times(openings.length)} in all${everLonger(events)}` : "";
    return `${when}${again}: ${effect(arms, "kept callers away")}.`;
  }
  if (holds.length > 0)
    return `The breaker waited ${times(holds.length)} as the 429s asked and never opened: ${effect(arms, "held back")}.`;
  return (
    `The breaker stayed closed, since a provider that answers part of the calls is worth asking: callers got ` +
    `${arms.with.goodAnswers} good answers (${arms.without.goodAnswers} without it) and none was turned away.`
  );
}

function everLonger(events: readonly DemoEvent[]): string {
  const cooldownsMs = events.map(({ facts }) => Number(facts["cooldownMs"] ?? 0));
  return `, and stayed open for up to ${seconds(Math.max(...cooldownsMs))}`;
}

// What a breaker costs is said as plainly as what it saves.
function effect({ without, with: guarded }: Arms<ArmSummary>, meanwhile: string): string {
  const lessMs = without.waitedMs - guarded.waitedMs;
  const released = guarded.releasedByTrip > 0 ? [`${guarded.releasedByTrip} that hung were released`] : [];
  const effects = [
    `${guarded.answeredAtOnce} callers were answered at once`,
    ...released,
    `the provider in trouble got ${guarded.providerCallsInOutage} calls instead of ${without.providerCallsInOutage}`,
  ];
  if (lessMs > 120_000) effects.push(`callers waited ${Math.round(lessMs / 60_000)} min less in all`);
  const fewer = without.goodAnswers - guarded.goodAnswers;
  const price =
    fewer > without.goodAnswers * 0.02
      ? `. The price: ${fewer} good answers${late(without)} that it missed while it ${meanwhile}`
      : "";
  return `${effects.slice(0, -1).join(", ")} and ${effects.at(-1)}${price}`;
}

// Without the breaker many answers come after anybody has stopped waiting for them.
function late({ goodAnswers, goodInTime }: ArmSummary): string {
  const tooLate = goodAnswers - goodInTime;
  return tooLate > goodAnswers * 0.02 ? ` (${tooLate} of those without it came after half a minute or more)` : "";
}

function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}
