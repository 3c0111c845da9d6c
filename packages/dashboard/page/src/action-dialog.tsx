/** Asks for what an action needs, says what it will do, and does it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BreakerView } from "../../src/views/wire.ts";
import { act, pathOf } from "./api.ts";
import { Modal } from "./modal.tsx";

export type Action = "hold-open" | "hold-closed" | "end-hold" | "observe" | "enforce" | "reset" | "probe";

const NAME = "recloser-name";
const FOR: readonly (readonly [label: string, ms: number | null])[] = [
  ["5 minutes", 300_000],
  ["30 minutes", 1_800_000],
  ["2 hours", 7_200_000],
  ["24 hours", 86_400_000],
  ["until somebody ends it", null],
];

export function ActionDialog({
  action,
  view,
  onClose,
}: {
  readonly action: Action;
  readonly view: BreakerView;
  readonly onClose: () => void;
}): JSX.Element {
  const [wish, setWish] = useState<Wish>({ by: localStorage.getItem(NAME) ?? "", reason: "", forMs: 1_800_000 });
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  // What it was when the dialog opened is what is decided on.
  const [decided] = useState(view);
  const lasts = action === "hold-open" || action === "hold-closed" || action === "observe";
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    localStorage.setItem(NAME, wish.by.trim());
    const failed = await act(
      action === "end-hold" || action === "enforce" ? "DELETE" : "POST",
      pathOf(view.key, PATHS[action]),
      decided.version,
      bodyOf(action, wish),
    );
    setBusy(false);
    if (failed === null) onClose();
    else setProblem(failed);
  };
  return (
    <Modal title={`${TITLES[action]}: ${view.key}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <p>{consequence(action, decided)}</p>
        <Fields lasts={lasts} wish={wish} onWish={setWish} />
        {problem === null ? null : (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={isBusy}>
            {TITLES[action]}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  );
}

interface Wish {
  readonly by: string;
  readonly reason: string;
  readonly forMs: number | null;
}

function bodyOf(action: Action, { by, reason, forMs }: Wish): Readonly<Record<string, unknown>> {
  const who = by.trim() === "" ? {} : { by: by.trim() };
  const why = reason.trim() === "" ? {} : { reason: reason.trim() };
  if (action === "observe") return { ...who, ...why, forMs };
  if (action !== "hold-open" && action !== "hold-closed") return { ...who, ...why };
  return { ...who, ...why, forMs, mode: action === "hold-open" ? "force-open" : "force-closed" };
}

function Fields({
  lasts,
  wish,
  onWish,
}: {
  readonly lasts: boolean;
  readonly wish: Wish;
  readonly onWish: (wish: Wish) => void;
}): JSX.Element {
  return (
    <>
      <label>
        Your name
        <input
          value={wish.by}
          maxLength={100}
          required
          autocomplete="username"
          onInput={(event) => onWish({ ...wish, by: event.currentTarget.value })}
        />
      </label>
      <label>
        Reason{lasts ? "" : " (optional)"}
        <input
          value={wish.reason}
          maxLength={300}
          required={lasts}
          placeholder={lasts ? "for those who find it so" : ""}
          onInput={(event) => onWish({ ...wish, reason: event.currentTarget.value })}
        />
      </label>
      {lasts ? (
        <label>
          For
          <select
            value={String(wish.forMs)}
            onChange={(event) =>
              onWish({ ...wish, forMs: FOR.find(([, ms]) => String(ms) === event.currentTarget.value)?.[1] ?? null })
            }
          >
            {FOR.map(([label, ms]) => (
              <option key={label} value={String(ms)}>
                {label}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </>
  );
}

const TITLES: Readonly<Record<Action, string>> = {
  "hold-open": "Hold open",
  "hold-closed": "Hold closed",
  "end-hold": "End hold",
  observe: "Only observe",
  enforce: "Enforce again",
  reset: "Reset",
  probe: "Probe",
};

const PATHS: Readonly<Record<Action, string>> = {
  "hold-open": "/override",
  "hold-closed": "/override",
  "end-hold": "/override",
  observe: "/observe",
  enforce: "/observe",
  reset: "/reset",
  probe: "/probe",
};

function consequence(action: Action, { window, rules, state, step }: BreakerView): string {
  const perSecond = rules.windowMs === null ? 0 : window.calls / (rules.windowMs / 1_000);
  const calls = perSecond === 0 ? "Calls" : `About ${perSecond.toPrecision(2)} calls a second`;
  switch (action) {
    case "hold-open":
      return `${calls} will be rejected, in every replica, and get the fallback where there is one.`;
    case "hold-closed":
      return "Every call will be made, in every replica, however many fail. What would be decided goes on beside it.";
    case "end-hold":
      return state === "closed"
        ? "Calls will be made again."
        : `It is ${state} by itself, and will be for callers too.`;
    case "observe":
      return "Calls are no longer rejected, in every replica: they reach the provider also while the circuit is open. It goes on counting, and tells what it would have rejected.";
    case "enforce":
      return state === "closed"
        ? "Calls will be rejected again when it opens."
        : `It is ${state}: calls will be rejected again at once.`;
    case "reset":
      return `It closes, its window is emptied and its cooldown starts at the first step${step > 0 ? ` again (it is at step ${step})` : ""}.`;
    case "probe":
      return "The next call is made, to see whether the provider answers again. One call, whatever comes of it.";
  }
}
