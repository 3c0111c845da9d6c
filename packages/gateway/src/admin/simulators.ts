/**
 * The switches of the built-in simulated providers: what is wrong with them is chosen here, so that whoever looks at the gateway
 * for the first time can have an outage.
 */
import { InvalidOptionError } from "recloser";
import type { Fault, SimulatedProvider } from "recloser/testing";
import { Refusal } from "../http/refusal.ts";
import type { AdminApp } from "./admin.ts";
import { jsonAnswer, methodNotAllowed, notFound, problem } from "./answers.ts";

const METHODS: Readonly<Record<string, string>> = { "": "GET, HEAD", state: "GET, HEAD", fault: "PUT", reset: "POST" };

/** Under `/sim`: `GET /sim`, `GET /sim/{target}/state`, `PUT /sim/{target}/fault`, `POST /sim/{target}/reset`. */
export function simulatorsApp(providers: ReadonlyMap<string, SimulatedProvider>): AdminApp {
  return async (request) => {
    const [, , name = "", action = "", ...more] = new URL(request.url).pathname.split("/");
    const allowed = Object.hasOwn(METHODS, action) && more.length === 0 ? METHODS[action] : undefined;
    const provider = providers.get(decoded(name));
    if (allowed === undefined || (name === "") !== (action === "") || (name !== "" && provider === undefined)) {
      throw notFound();
    }
    if (!allowed.split(", ").includes(request.method)) throw methodNotAllowed(allowed);
    if (provider === undefined) return jsonAnswer(statesOf(providers));
    if (action === "reset") await provider.reset();
    return action === "fault" ? switched(provider, await request.text()) : jsonAnswer(stateOf(provider));
  };
}

function statesOf(providers: ReadonlyMap<string, SimulatedProvider>): object {
  return Object.fromEntries([...providers].map(([name, provider]) => [name, stateOf(provider)]));
}

function stateOf(provider: SimulatedProvider): object {
  return { fault: provider.fault, stats: provider.stats() };
}

async function switched(provider: SimulatedProvider, text: string): Promise<Response> {
  let fault: unknown;
  try {
    fault = JSON.parse(text);
  } catch {
    throw new Refusal(400, "invalid_body", "the body is not JSON: expected a fault or null");
  }
  try {
    await provider.setFault(fault as Fault | null);
  } catch (error) {
    if (!InvalidOptionError.is(error)) throw error;
    const { option: field, expected, received, message } = error;
    return problem(new Refusal(400, "invalid_fault", message), { field, expected, received: received ?? null });
  }
  return jsonAnswer(stateOf(provider));
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return "";
  }
}
