/** Keys that work anywhere on the page but in a field. */

export interface Keys {
  search(): void;
  help(): void;
  leave(): void;
}

const MOVES_ITSELF = "[type=radio], [type=range]";

/** @returns ends it */
export function listenForKeys(keys: Keys): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null) return;
    const { target } = event;
    // They move by arrows themselves.
    if (target instanceof HTMLElement && target.matches(MOVES_ITSELF) && event.key.startsWith("Arrow")) return;
    const isField =
      target instanceof HTMLElement && target.matches(`input:not(${MOVES_ITSELF}, [type=checkbox]), select, textarea`);
    if (event.key === "Escape") {
      if (isField) target.blur();
      else keys.leave();
      return;
    }
    if (isField) {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      // Else the key would press what has the focus then.
      event.preventDefault();
      step(0);
      return;
    }
    if (event.key === "j" || event.key === "ArrowDown") step(1);
    else if (event.key === "k" || event.key === "ArrowUp") step(-1);
    else if (event.key === "/") keys.search();
    else if (event.key === "?") keys.help();
    else return;
    event.preventDefault();
  };
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}

// Moves among the breakers; 0: to the first.
function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>(".rows .choose")];
  const focused = rows.indexOf(document.activeElement as HTMLElement);
  const chosen = rows.findIndex((row) => row.getAttribute("aria-pressed") === "true");
  const at = by === 0 ? -1 : focused >= 0 ? focused : chosen;
  const next = at < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
