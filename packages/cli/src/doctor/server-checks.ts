/** A gateway or dashboard that runs: whether it answers, who may ask, and whether SDKs above it try again by themselves. */
import { clearTimeout, setTimeout } from "node:timers";
import type { Inspection } from "recloser/inspect";
import { CommandFailure } from "../command-failure.ts";
import type { ServerSettings } from "../verbs/server/options.ts";
import { failure, type Finding, warning, well } from "./finding.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const MOST_METRICS_CHARS = 16_777_216;

export interface ServerSeen {
  readonly findings: readonly Finding[];
  readonly inspection: Inspection | null;
}

export async function serverChecks(
  settings: ServerSettings,
  token: string | null,
  read: () => Promise<Inspection>,
): Promise<ServerSeen> {
  try {
    const inspection = await read();
    const count = inspection.records.length;
    const findings = [
      well("server", `${settings.url.host} answers: ${count} ${count === 1 ? "circuit" : "circuits"}`),
      await exposureCheck(settings),
      ...(await sdkRetriesCheck(settings, token)),
    ];
    return { findings, inspection };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const [text = "", ...fix] = error.message.split("\n");
    const found = failure("server", text, "nobody can look at it or act on it from here", fix.join(" "));
    return { findings: [found], inspection: null };
  }
}

async function exposureCheck(settings: ServerSettings): Promise<Finding> {
  const { url } = settings;
  const status = await statusOf(settings, "api/v1/config");
  if (status === 200 && !LOOPBACK.test(url.hostname))
    return failure(
      "exposure",
      `${url.origin} is answered without a token`,
      "whoever reaches that address sees every circuit, and may be able to hold them",
      "admin.readOnlyTokens and admin.operatorTokens, or RECLOSER_DASHBOARD_TOKEN; or listen on 127.0.0.1",
    );
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    return warning(
      "exposure",
      `${url.origin} is asked without TLS`,
      "whoever is on the way reads the token, and can act with it",
      "https by a proxy before it, or a tunnel: ssh -L 8788:127.0.0.1:8788 host",
    );
  return well("exposure", status === 200 ? "this machine alone is answered without a token" : "a token is asked for");
}

async function sdkRetriesCheck(settings: ServerSettings, token: string | null): Promise<Finding[]> {
  const text = await answerOf(settings, "metrics", token, async (response) => (response.ok ? textOf(response) : null));
  // A dashboard alone measures nothing.
  if (text === null || !text.includes("# TYPE recloser_gateway_requests_total ")) return [];
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^\\n]*\\})? (\\S+)$`, "gm"))].reduce(
      (all, [, n]) => all + Number(n),
      0,
    );
  const [retried, all] = [sum("recloser_gateway_sdk_retries_total"), sum("recloser_gateway_requests_total")];
  if (retried === 0) return [well("SDK retries", "none seen: x-stainless-retry-count")];
  return [
    warning(
      "SDK retries",
      `${retried} of ${all} requests were sent again by an SDK (x-stainless-retry-count)`,
      "each is a call more for a provider that fails, waits as long again, and the gateway tries again already",
      "make the client with maxRetries: 0 (max_retries=0 in Python): docs/guide/retries.md",
    ),
  ];
}

function statusOf(settings: ServerSettings, path: string): Promise<number | null> {
  return answerOf(settings, path, null, async (response) => {
    await response.body?.cancel();
    return response.status;
  });
}

/** Null: there was none. */
async function answerOf<T>(
  { url, limitMs }: ServerSettings,
  path: string,
  token: string | null,
  use: (response: Response) => Promise<T>,
): Promise<T | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limitMs);
  try {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    return await use(await fetch(new URL(path, url), { headers, redirect: "manual", signal: late.signal }));
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function textOf({ body }: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST_METRICS_CHARS) return null;
  }
  return text;
}
