/** What the keys do and what the marks mean. */
import type { JSX } from "preact";
import { Modal } from "./modal.tsx";
import { StateMark } from "./state-mark.tsx";
import type { Look } from "./words.ts";

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ["/", "filter"],
  ["j  k", "next and previous breaker"],
  ["Enter", "details of the breaker"],
  ["Esc", "back to the list"],
  ["?", "this"],
];

const MARKS: readonly (readonly [look: Look, what: string])[] = [
  ["closed", "closed: calls are made"],
  ["half-open", "half-open: one call is tried, the others wait for it"],
  ["open", "open: calls are rejected at once"],
  ["held", "held, by somebody or by a rate limit, a quota or a refused key"],
  ["no-data", "no call yet"],
];

export function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Modal title="Keys and marks" onClose={onClose}>
      <dl class="pairs">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
        {MARKS.map(([look, what]) => (
          <div key={look}>
            <dt>
              <StateMark look={look} />
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Modal>
  );
}
