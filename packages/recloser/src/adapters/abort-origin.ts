/**
 * Whether an abort that carries no reason of its own came from a time limit. SDKs hand `fetch` a signal of their own and
 * abort it bare, whatever the cause; but an abort is told at once, so that whoever began it still stands on the stack.
 *
 * This is read in Node only (20 to 24 and the SDKs of 2026: tests/contracts). Where no frame says it (another runtime, a
 * bundled SDK) the abort is what it looks like: somebody's wish.
 */

// The timer of an AbortSignal.timeout lives in this file of Node's, and no other timer does.
const BY_SIGNAL_TIMEOUT = /^ *at Timeout\.\S+ \(node:internal\/abort_controller:/m;
// An SDK's own timer aborts its own controller, with nothing between.
const BY_SDKS_TIMER =
  /^ *at AbortController\.abort \(node:[^\n]*\n *at Timeout\.[^\n]*[\\/]node_modules[\\/](?:openai|@anthropic-ai[\\/]sdk|groq-sdk|@google[\\/]genai)[\\/]/m;
// Each signal between takes four frames or so, and a `.stream()` helper or an agent adds signals of its own.
const FRAMES = 64;

/** To be asked while the abort is being told. `reason` is the signal's. */
export function byTimeLimit(reason: unknown): boolean {
  if (reason instanceof Event) return byTimeLimitOf(reason);
  if (!(reason instanceof DOMException) || reason.name !== "AbortError") return false;
  const stack = stackHere();
  return BY_SIGNAL_TIMEOUT.test(stack) || BY_SDKS_TIMER.test(stack);
}

// Anthropic's helpers listen with a bound `abort`, so that the event of the user's signal becomes the reason of theirs.
function byTimeLimitOf({ target }: Event): boolean {
  const reason: unknown = target instanceof AbortSignal ? target.reason : undefined;
  return (reason instanceof DOMException && reason.name === "TimeoutError") || byTimeLimit(reason);
}

function stackHere(): string {
  const before = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = FRAMES;
  } catch {} // frozen, in a hardened realm: then the frames are those it has
  const { stack } = new Error("where from") as { stack?: unknown };
  try {
    Error.stackTraceLimit = before;
  } catch {}
  return typeof stack === "string" ? stack : ""; // Error.prepareStackTrace may make anything of it
}
