/** Calls at a steady rate through a breaker, at a simulated provider, and what a store may cost them: nothing, or one claim. */
import { Agent, request } from "node:http";
import type { Breaker } from "recloser";
import type { SimulatedProvider } from "recloser/testing";

/** How a call ended: well, rejected for a reason, or by an error of the provider's (its status, or a code). */
export type End = "ok" | `rejected: ${string}` | `provider: ${string}` | `failed: ${string}`;

export interface CallSpan {
  /** Calls that ended since the last look, by how. */
  readonly ends: Readonly<Partial<Record<End, number>>>;
  readonly calls: number;
  /** The longest that anything but the provider took of a call, milliseconds. */
  readonly worstExtraMs: number;
  /** By how much the event loop was late at worst meanwhile: a measure of the machine, not of the library. */
  readonly worstLagMs: number;
}

export interface SteadyCalls {
  /** What has happened since the last look. */
  look(): CallSpan;
  /** Ends it; resolves when the last call has ended. */
  stop(): Promise<void>;
}

const TICK_MS = 10;

/** Starts the calls. Nothing is left of them after `stop()`. */
export function steadyCalls(breaker: Breaker, provider: SimulatedProvider, perSecond: number): SteadyCalls {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const running = new Set<Promise<void>>();
  let ends: Partial<Record<End, number>> = {};
  let [calls, worstExtraMs, worstLagMs, owed] = [0, 0, 0, 0];
  let tickedMs = performance.now();

  async function call(): Promise<void> {
    const beganMs = performance.now();
    let [calledMs, answeredMs, end] = [0, 0, "ok" as End];
    try {
      await breaker.execute(async () => {
        calledMs = performance.now();
        try {
          await ask(provider, agent);
        } finally {
          answeredMs = performance.now();
        }
      });
    } catch (error) {
      end = endOf(error);
    }
    const endedMs = performance.now();
    calls++;
    ends[end] = (ends[end] ?? 0) + 1;
    worstExtraMs = Math.max(worstExtraMs, endedMs - beganMs - spentMs({ calledMs, answeredMs, endedMs }));
  }

  const timer = setInterval(() => {
    const nowMs = performance.now();
    worstLagMs = Math.max(worstLagMs, nowMs - tickedMs - TICK_MS);
    // After a stall not all at once: what is measured is the store, not the stall.
    owed = Math.min(perSecond / 10, owed + ((nowMs - tickedMs) * perSecond) / 1_000);
    tickedMs = nowMs;
    for (; owed >= 1; owed--) {
      const one = call().finally(() => running.delete(one));
      running.add(one);
    }
  }, TICK_MS);

  return {
    look() {
      const span = { ends, calls, worstExtraMs, worstLagMs };
      ends = {};
      calls = worstExtraMs = worstLagMs = 0;
      return span;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      agent.destroy();
    },
  };
}

// What the provider took: nothing of a rejected call, and all the rest of one that was given up while it waited.
function spentMs({ calledMs, answeredMs, endedMs }: Record<"calledMs" | "answeredMs" | "endedMs", number>): number {
  if (calledMs === 0) return 0;
  return (answeredMs === 0 ? endedMs : answeredMs) - calledMs;
}

function endOf(error: unknown): End {
  const { code, reason, status, message } = error as Error & { code?: string; reason?: string; status?: number };
  if (code === "ERR_CIRCUIT_OPEN" || code === "ERR_SHED") return `rejected: ${reason}`;
  if (status !== undefined) return `provider: ${status}`;
  return `failed: ${code ?? message}`;
}

// The list of models is the cheapest thing to ask for: hundreds of calls a second beside what is tested, on two cores.
function ask(provider: SimulatedProvider, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${provider.baseUrl}/models`, { agent }, (answer) => {
      answer.resume();
      answer.on("end", () => {
        const status = answer.statusCode ?? 0;
        if (status < 400) resolve();
        else reject(Object.assign(new Error(`status ${status}`), { status }));
      });
      answer.on("error", reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}
