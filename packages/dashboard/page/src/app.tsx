/** The whole page. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { BreakerList } from "./breaker-list.tsx";
import { Demo } from "./demo.tsx";
import { DemoPointers } from "./demo-pointers.tsx";
import { Details } from "./details.tsx";
import { Events } from "./events.tsx";
import { Fleet } from "./fleet.tsx";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { listenForKeys } from "./keyboard.ts";
import type { Model } from "./model.ts";
import { TokenForm } from "./token-form.tsx";
import { useModel } from "./use.ts";
import { Warnings } from "./warnings.tsx";
import { worstFirst } from "./words.ts";

export function App({ model }: { readonly model: Model }): JSX.Element {
  useModel(model);
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [isHelping, setHelping] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      listenForKeys({
        search: () => search.current?.focus(),
        help: () => setHelping(true),
        leave: () => setChosen(null),
      }),
    [],
  );
  const all = [...model.breakers.values()].toSorted(worstFirst);
  const wanted = filter.trim().toLowerCase();
  const shown = wanted === "" ? all : all.filter(({ key, shows }) => `${key} ${shows}`.toLowerCase().includes(wanted));
  const view = chosen === null ? undefined : model.breakers.get(chosen);
  const { connection } = model;
  if (connection.is === "token-needed") return <TokenForm wasWrong={connection.wasWrong} />;
  return (
    <div class={`page ${connection.is}${view === undefined ? "" : " with-details"}`}>
      <Header views={all} connection={connection}>
        <input
          ref={search}
          type="search"
          placeholder="Filter  /"
          aria-label="Filter breakers"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <button type="button" class="quiet" onClick={() => setHelping(true)} aria-label="Keys and meanings">
          ?
        </button>
      </Header>
      <main>
        <Warnings storeAway={model.storeAway} historyAway={model.historyAway} replicas={model.replicas} />
        {model.demo === null ? null : <Demo demo={model.demo} model={model} />}
        <section class="list" aria-label="Breakers">
          {shown.length === 0 ? (
            <p class="empty">{whyEmpty(connection.is === "connecting", all.length === 0)}</p>
          ) : (
            <BreakerList views={shown} events={model.events} clock={model.clock} chosen={chosen} onChoose={setChosen} />
          )}
        </section>
        {view === undefined ? null : <Details view={view} model={model} onClose={() => setChosen(null)} />}
        <Below model={model} />
      </main>
      <div class="said" role="status" aria-live="polite">
        {model.said}
      </div>
      {isHelping ? <Help onClose={() => setHelping(false)} /> : null}
    </div>
  );
}

function Below({ model: { demo, events, replicas, clock } }: { readonly model: Model }): JSX.Element {
  const pointers = demo?.pointers ?? [];
  // A demonstration tells of its own.
  const isFleetTold = demo !== null && replicas.length < 2;
  return (
    <div class="below">
      <Events events={events} />
      {pointers.length === 0 ? null : <DemoPointers pointers={pointers} />}
      {isFleetTold ? null : <Fleet replicas={replicas} clock={clock} />}
    </div>
  );
}

function whyEmpty(isConnecting: boolean, areNone: boolean): string {
  if (isConnecting) return "Connecting…";
  return areNone ? "No breaker yet: one appears with its first call." : "No breaker matches the filter.";
}
