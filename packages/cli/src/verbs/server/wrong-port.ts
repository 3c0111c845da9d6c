/** The gateway has two ports, and its data port is the one that everybody knows. */
import { CommandFailure } from "../../command-failure.ts";
import { EXIT } from "../../exit-code.ts";

const DEFAULT_ADMIN_PORT = "8788";
const LOOKS_MS = 500;

/** What to say where an answer is one of a gateway's data port; null: it is not. */
export async function wrongPort(url: URL, { headers }: Pick<Response, "headers">): Promise<CommandFailure | null> {
  if (!headers.has("x-recloser-request-id")) return null;
  const found = await firstThatAnswers(candidates(url));
  const named = found ?? likely(url);
  return new CommandFailure(
    EXIT.unreachable,
    `${url.origin} is a gateway's data port, which programs are pointed at; the circuits are at its admin port\n` +
      `${found === null ? "By default that is" : "One answers at"} --server ${named}. recloser serve says where it is, admin.port of its configuration too.`,
  );
}

function candidates(url: URL): string[] {
  const next = at(url, String(Number(url.port || "80") + 1));
  return [...new Set([likely(url), next])].filter((one) => one !== url.origin);
}

function likely(url: URL): string {
  return at(url, DEFAULT_ADMIN_PORT);
}

function at(url: URL, port: string): string {
  const other = new URL(url.origin);
  other.port = port;
  return other.origin;
}

async function firstThatAnswers(origins: readonly string[]): Promise<string | null> {
  const answers = await Promise.all(origins.map((origin) => isAdminPort(origin)));
  return origins.find((_, index) => answers[index]) ?? null;
}

// Told to everybody, without a token.
async function isAdminPort(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/readyz`, { redirect: "manual", signal: AbortSignal.timeout(LOOKS_MS) });
    const { status } = (await response.json()) as { readonly status?: unknown };
    return ["starting", "ready", "stopping"].includes(String(status));
  } catch {
    return false;
  }
}
