/** How far a long piece of work is, on stderr, where somebody looks at it. */
import type { Shell } from "../shell.ts";

export interface Progress {
  /** @param share 0 to 1; null where nobody knows how much there is */
  show(share: number | null, text: string): void;
  /** Takes it off the screen. */
  clear(): void;
}

const COLUMNS = 24;
// Not on the screen at all for what is over at once.
const FIRST_AFTER_MS = 300;
const EVERY_MS = 100;

export function progressOn({ stderr, env }: Pick<Shell, "stderr" | "env">): Progress {
  if (!stderr.isTTY || env["TERM"] === "dumb") return { show: () => {}, clear: () => {} };
  let nextMs = performance.now() + FIRST_AFTER_MS;
  let isShown = false;
  return {
    show(share, text) {
      const nowMs = performance.now();
      if (nowMs < nextMs) return;
      nextMs = nowMs + EVERY_MS;
      isShown = true;
      stderr.write(`\r\u001B[2K${bar(share)}${text}`);
    },
    clear() {
      if (isShown) stderr.write("\r\u001B[2K");
      isShown = false;
    },
  };
}

function bar(share: number | null): string {
  if (share === null) return "… ";
  const full = Math.round(Math.min(1, Math.max(0, share)) * COLUMNS);
  return `${"━".repeat(full)}${"─".repeat(COLUMNS - full)} ${String(Math.round(share * 100)).padStart(3)} % `;
}
