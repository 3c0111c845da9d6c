/** A demonstration above the breakers: switches for the provider, and what its callers get. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DemoReplica, DemoView, DemoWish } from "../../src/views/demo.ts";
import { turnDemo } from "./api.ts";
import { DemoArm, DemoLegend } from "./demo-arm.tsx";
import type { Model } from "./model.ts";
import { StateMark } from "./state-mark.tsx";

const WHAT =
  "A simulated provider on this machine. Three copies of an application and the gateway share one circuit; the same callers ask a second provider without a breaker.";

export function Demo({ demo, model }: { readonly demo: DemoView; readonly model: Model }): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const turn = async (wish: DemoWish): Promise<void> => {
    const answer = await turnDemo(wish);
    setProblem(typeof answer === "string" ? answer : null);
    if (typeof answer !== "string") model.demonstrated(answer);
  };
  const { now } = demo;
  return (
    <section class="demo" aria-label="Demonstration">
      <Switches demo={demo} isLocked={model.role !== "operator"} onTurn={(wish) => void turn(wish)} problem={problem} />
      <div class="callers">
        <h2>What callers get</h2>
        <DemoArm name="Without a breaker" of="without" demo={demo} />
        <DemoArm name="With Recloser" of="with" demo={demo} />
        <DemoLegend />
        <ul class="replicas" aria-label="Who shares the circuit">
          {now.replicas.map((replica) => (
            <Replica key={replica.name} replica={replica} />
          ))}
        </ul>
      </div>
    </section>
  );
}

function Switches({
  demo: { switches, mostCallsPerSecond, now },
  isLocked,
  onTurn,
  problem,
}: {
  readonly demo: DemoView;
  readonly isLocked: boolean;
  readonly onTurn: (wish: DemoWish) => void;
  readonly problem: string | null;
}): JSX.Element {
  return (
    <div class="hand">
      <h2>Cause an outage</h2>
      <p class="faint">{now.story ?? WHAT}</p>
      <fieldset class="switches" disabled={isLocked}>
        <legend>The provider</legend>
        {switches.map(({ id, label }) => (
          <label key={id} class={id === "healthy" ? "well" : "fault"}>
            <input type="radio" name="switch" checked={id === now.on} onChange={() => onTurn({ switch: id })} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <p class="says" data-on={now.on}>
        It {switches.find(({ id }) => id === now.on)?.says}.
      </p>
      <div class="knobs">
        <Rate value={now.callsPerSecond} most={mostCallsPerSecond} isLocked={isLocked} onTurn={onTurn} />
        <label class="tick">
          <input
            type="checkbox"
            checked={now.hasFallback}
            disabled={isLocked}
            onChange={(event) => onTurn({ hasFallback: event.currentTarget.checked })}
          />
          <span>A fallback where a call is not made</span>
        </label>
      </div>
      {problem === null ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Rate({
  value,
  most,
  isLocked,
  onTurn,
}: {
  readonly value: number;
  readonly most: number;
  readonly isLocked: boolean;
  readonly onTurn: (wish: DemoWish) => void;
}): JSX.Element {
  // Where the hand is, until it lets go: what the server tells meanwhile must not pull it back.
  const [held, setHeld] = useState<number | null>(null);
  const shown = held ?? value;
  return (
    <label>
      <span>
        Callers: <output>{shown} a second</output>
      </span>
      <input
        type="range"
        min="0"
        max={most}
        value={shown}
        disabled={isLocked}
        onInput={(event) => setHeld(event.currentTarget.valueAsNumber)}
        onChange={(event) => {
          onTurn({ callsPerSecond: event.currentTarget.valueAsNumber });
          setHeld(null);
        }}
      />
    </label>
  );
}

function Replica({ replica: { name, state, ...counts } }: { readonly replica: DemoReplica }): JSX.Element {
  const { answered, rejected, fallbacks, failed } = counts;
  const parts = [
    [answered, "answered"],
    [rejected, "rejected"],
    [fallbacks, "fallback"],
    [failed, "failed"],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return (
    <li data-replica={name} data-state={state}>
      <StateMark look={state} size={13} /> <strong>{name}</strong> {state}
      <span class="faint">{words.length === 0 ? "no calls" : words.join(", ")}</span>
    </li>
  );
}
