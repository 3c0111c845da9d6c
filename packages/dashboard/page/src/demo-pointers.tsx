/** The lines that point a program of the visitor's own here, to be copied. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DemoPointer } from "../../src/views/demo.ts";

const COPIED_MS = 2_000;

export function DemoPointers({ pointers }: { readonly pointers: readonly DemoPointer[] }): JSX.Element {
  const [chosen, setChosen] = useState(pointers[0]?.name ?? "");
  const [told, setTold] = useState("");
  const pointer = pointers.find(({ name }) => name === chosen) ?? pointers[0];
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(pointer?.lines ?? "");
      setTold("Copied");
    } catch {
      setTold("Select the lines and copy them");
    }
    setTimeout(() => setTold(""), COPIED_MS);
  };
  return (
    <section class="pointers" aria-label="Point your own program here">
      <h2>Point your own program here</h2>
      <p class="faint">It asks the simulated provider through the gateway, and shares the circuit. Any key will do.</p>
      <div class="names" role="group" aria-label="SDK">
        {pointers.map(({ name }) => (
          <button key={name} type="button" class="quiet" aria-pressed={name === chosen} onClick={() => setChosen(name)}>
            {name}
          </button>
        ))}
        <button type="button" class="copy" onClick={() => void copy()}>
          {told === "" ? "Copy" : told}
        </button>
      </div>
      <pre tabIndex={0} aria-label={`Lines for ${chosen}`}>
        {pointer?.lines}
      </pre>
      <span class="said" role="status">
        {told}
      </span>
    </section>
  );
}
