/** The switches over HTTP, for a demo or a dashboard in another process. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { InvalidOptionError } from "../../errors.ts";
import { refuse } from "./check.ts";
import { checkedFault } from "./fault.ts";
import type { Fault } from "./fault.ts";
import { readJson } from "./request-body.ts";

/** What the switches act on. */
export interface Switchboard {
  state(): unknown;
  setFault(fault: Fault | null, spared: Socket): void;
  reset(): void;
}

const METHODS: Readonly<Record<string, string>> = {
  "/admin/state": "GET",
  "/admin/fault": "PUT",
  "/admin/reset": "POST",
};

/** Whether the path is one of the provider's own, which no fault strikes and nothing counts. */
export function isAdminPath(path: string): boolean {
  return path === "/admin" || path.startsWith("/admin/");
}

export async function answerAdmin(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  board: Switchboard,
): Promise<void> {
  const method = Object.hasOwn(METHODS, path) ? METHODS[path] : undefined;
  if (method === undefined) return send(response, 404, { error: { code: "not_found", message: `no ${path}` } });
  if (request.method !== method) {
    response.setHeader("allow", method);
    return send(response, 405, { error: { code: "method_not_allowed", message: `${path} takes ${method}` } });
  }
  if (path === "/admin/reset") board.reset();
  if (path === "/admin/fault" && !(await switched(request, response, board))) return;
  send(response, 200, board.state());
}

async function switched(request: IncomingMessage, response: ServerResponse, board: Switchboard): Promise<boolean> {
  const read = await readJson(request);
  if ("problem" in read) {
    send(response, read.problem.status, { error: { code: "invalid_body", message: read.problem.message } });
    return false;
  }
  try {
    const fault = checkedFault(read.json, "fault");
    // These switches sit behind the very listener that goes down: without an end nobody could bring it back.
    if (fault?.kind === "down" && fault.forMs === undefined)
      refuse("fault.forMs", "milliseconds, when set over HTTP", undefined);
    board.setFault(fault, request.socket);
    return true;
  } catch (error) {
    if (!InvalidOptionError.is(error)) throw error;
    const { option: field, expected, received = null, message } = error;
    send(response, 400, { error: { code: "invalid_fault", field, expected, received, message } });
    return false;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(text);
}
