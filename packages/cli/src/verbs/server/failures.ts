/** What went wrong with a server, in words that say what to do, and the exit code for it. */
import { CommandFailure } from "../../command-failure.ts";
import { EXIT } from "../../exit-code.ts";
import { printable, shortened } from "../../terminal/printable.ts";
import { lengthText } from "../../terminal/time-text.ts";

const GOES_ON = "The gateway's callers are not touched by this.";

/** An answer that says no. */
export interface Refused {
  readonly status: number;
  readonly code: string;
  /** The server's own words; empty: none that can be read. */
  readonly detail: string;
  /** Where it would have us go instead; empty: nowhere. */
  readonly location: string;
}

/** @param isWrite whether something was to be changed, which may have happened by now */
export function serverUnreachable(error: unknown, where: string, isWrite: boolean): CommandFailure {
  const { code, message } = innermost(error);
  const said = shortened(printable(code === "" ? message : `${code}: ${message}`), 200);
  return new CommandFailure(
    EXIT.unreachable,
    `${where} cannot be reached: ${said}\n${nextStep(`${code} ${message}`, where)}${isWrite ? UNKNOWN : ""}`,
  );
}

export function serverTimedOut(limitMs: number, where: string, isWrite: boolean): CommandFailure {
  return new CommandFailure(
    EXIT.unreachable,
    `${where} did not answer within ${lengthText(limitMs)}\n` +
      `It hangs, is overloaded, or something swallows what is sent. Give it longer with --server-timeout 30s.${isWrite ? UNKNOWN : ""}`,
  );
}

// A connection may break after the server has heard.
const UNKNOWN = "\nNobody knows whether it was done: recloser status.";

export function serverSaysNo(refused: Refused, where: string): CommandFailure {
  const { status, code, detail, location } = refused;
  const said = shortened(printable(detail === "" ? code : detail), 200);
  if (status === 401)
    return new CommandFailure(
      EXIT.auth,
      `${where} wants a token, or does not know this one\nPut it into RECLOSER_TOKEN, or into a file that --token-file names (- is standard input).`,
    );
  if (status === 421)
    return new CommandFailure(
      EXIT.auth,
      `${where} does not go by this name: ${said}\nAsk it by its address, or put the name into admin.allowedHosts of the gateway, or --name of recloser dashboard.`,
    );
  if (status === 405 || status === 403)
    return new CommandFailure(EXIT.auth, `${where} does not let this be done: ${said}\n${mayNot(code)}`);
  if (status === 400) return new CommandFailure(EXIT.usage, `${where} takes this for wrong: ${said}`);
  if (status >= 300 && status < 400)
    return new CommandFailure(
      EXIT.unreachable,
      `${where} sends elsewhere (${status}), where no token is sent: ${said}\nName that place itself, if it is right: --server ${shortened(printable(location), 200)}`,
    );
  return new CommandFailure(
    EXIT.unreachable,
    `${where} answers with ${status}${said === "" ? "" : `: ${said}`}\n${status === 404 ? notRecloser() : GOES_ON}`,
  );
}

/** It answers, but not as the admin port does. */
export function noRecloser(where: string, found: string): CommandFailure {
  return new CommandFailure(EXIT.unreachable, `${where} answers with ${found}\n${notRecloser()}`);
}

function notRecloser(): string {
  return "That is no admin port of recloser serve, and no recloser dashboard; or of another version, or below another path.";
}

function mayNot(code: string): string {
  if (/read.only/.test(code) && !code.includes("_"))
    return "This dashboard only looks: it was started without --allow-actions.";
  if (/operator|read_only/.test(code)) return "It takes an operator's token: RECLOSER_TOKEN or --token-file.";
  if (code === "token-needed") return "It answers other machines only where tokens are set.";
  return GOES_ON;
}

function nextStep(said: string, where: string): string {
  if (/ENOTFOUND|EAI_AGAIN/.test(said)) return "Is the host's name right?";
  if (/WRONG_VERSION_NUMBER|wrong version number|packet length too long/i.test(said))
    return `It speaks no TLS: ${where.replace(/^https/, "http")}?`;
  if (/CERT|certificate|self.signed|ALTNAME|issuer/i.test(said))
    return "An authority of your own: NODE_EXTRA_CA_CERTS=/path/ca.pem. A certificate is never left unchecked.";
  if (/HPE_|UND_ERR_SOCKET|ECONNRESET|other side closed/.test(said))
    return "Something is there that speaks no HTTP: is the port right? Where it speaks TLS: https://…";
  return "Is it running there, and is --server (or RECLOSER_SERVER) right? recloser serve says where its admin port is.";
}

// `fetch` wraps what the socket says.
function innermost(error: unknown): { readonly code: string; readonly message: string } {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  // Of several addresses tried, each failed: the first says enough.
  if (inner instanceof AggregateError && inner.errors[0] instanceof Error) inner = inner.errors[0];
  if (!(inner instanceof Error)) return { code: "", message: String(inner) };
  return { code: (inner as NodeJS.ErrnoException).code ?? "", message: inner.message };
}
