import type { ProviderStats, RequestRecord } from "./stats.ts";
import type { Fault } from "./fault.ts";
import { checkedOptions } from "./options.ts";
import type { SimulatedProviderOptions } from "./options.ts";
import { RunningProvider } from "./running-provider.ts";
import type { ScheduleStep } from "./schedule.ts";

/** A provider that runs. */
export interface SimulatedProvider extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /**
   * What the dialect's official client takes as its base URL: `http://127.0.0.1:PORT/v1` for `openai`, else as `url`.
   * Ollama for an OpenAI client is `${url}/v1`.
   */
  readonly baseUrl: string;
  readonly port: number;
  /** The fault in force now, null when well. */
  readonly fault: Fault | null;
  /**
   * Sets or clears (null) the fault, in place of any schedule; for requests that arrive from now on. Throws
   * `InvalidOptionError` at once. Into and out of `down` the promise says when it is done: connections dropped and
   * clients in this process aware of it, or the listener open again (rejects when the port was taken meanwhile).
   */
  setFault(fault: Fault | null): Promise<void>;
  /** Starts a schedule, in place of fault or schedule; resolves when its last step is over, or it was replaced. */
  runSchedule(steps: readonly ScheduleStep[]): Promise<void>;
  stats(): ProviderStats;
  /** The last 1 000 requests, oldest first. */
  readonly requests: readonly RequestRecord[];
  /**
   * Well again, no schedule, counters and requests emptied, randomness back at the seed. Running answers go on. The
   * promise is that of `setFault(null)`.
   */
  reset(): Promise<void>;
  /** Drops every connection and timer; idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a provider on loopback that speaks OpenAI's, Anthropic's, Gemini's or Ollama's HTTP API and fails as told. No
 * model is behind it.
 *
 * Throws (rejects with) `InvalidOptionError` for a wrong option, and with the system's error when the port is taken.
 *
 * @example
 * await using provider = await simulatedProvider({ latency: { answer: 20 } });
 * const client = new OpenAI({ baseURL: provider.baseUrl, apiKey: "any", maxRetries: 0 });
 * provider.setFault({ kind: "status", status: 503, retryAfter: 2 });
 *
 * await using claude = await simulatedProvider({ dialect: "anthropic", fault: { kind: "status", status: 529 } });
 * const anthropic = new Anthropic({ baseURL: claude.baseUrl, apiKey: "any", maxRetries: 0 });
 */
export async function simulatedProvider(options: SimulatedProviderOptions = {}): Promise<SimulatedProvider> {
  const running = new RunningProvider(checkedOptions(options));
  await running.start();
  return running;
}
