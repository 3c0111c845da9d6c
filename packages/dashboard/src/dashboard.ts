/** Answers what is asked of a dashboard: the page, its API, and a refusal for everything else. */
import { matching, type Route } from "./api/route.ts";
import { routesOf } from "./api/routes.ts";
import { checkHost, checkPeer, checkWrite, type Peer, roleOf } from "./http/access.ts";
import { pageFile } from "./http/page-files.ts";
import { Problem, problemResponse } from "./http/problem.ts";
import { type DashboardOptions, readOptions, type Settings } from "./options.ts";
import { Scene } from "./scene.ts";

/** Answers a request; also ends what the dashboard keeps going. */
export interface Dashboard extends AsyncDisposable {
  /** @param peer what the socket says of who asks; without tokens, another machine is refused by it */
  (request: Request, peer?: Peer): Promise<Response>;
  /** Ends its streams and its timer; idempotent. What it shows stays open. */
  close(): Promise<void>;
}

const API = "api/v1/";
const ALWAYS = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };

/**
 * A dashboard, to be mounted under any path of any server that has, or can be given, web requests.
 *
 * It shows and does not act unless `allowActions`; without `tokens` it answers this machine's own names only.
 *
 * @throws InvalidOptionError naming the field
 * @example
 * const dashboard = createDashboard({ recloser, basePath: "/breakers", allowActions: true });
 * serve({ fetch: dashboard, port: 8788, hostname: "127.0.0.1" });
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  const settings = readOptions(options);
  const scene = new Scene(settings);
  const routes = routesOf(scene);
  const close = (): Promise<void> => scene.close();
  const answer = async (request: Request, peer: Peer = {}): Promise<Response> => {
    const response = await answered(request, peer, settings, routes);
    for (const [name, value] of Object.entries(ALWAYS)) response.headers.set(name, value);
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
  return Object.assign(answer, { close, [Symbol.asyncDispose]: close });
}

async function answered(request: Request, peer: Peer, settings: Settings, routes: readonly Route[]): Promise<Response> {
  try {
    const url = new URL(request.url);
    checkHost(request, url, settings);
    checkPeer(request, peer, settings);
    const path = below(settings.basePath, url.pathname);
    if (path === null) throw new Problem(404, "not-found", "there is nothing here");
    // Without its slash, what the page asks for beside itself would be looked for elsewhere.
    if (path === "" && !url.pathname.endsWith("/"))
      return new Response(null, { status: 308, headers: { location: `${settings.basePath}/` } });
    return path.startsWith(API)
      ? await apiAnswer(request, url, path.slice(API.length), settings, routes)
      : pageAnswer(request, path);
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error);
    // What went wrong inside is nobody's business who asks.
    return problemResponse(new Problem(500, "failed", "the dashboard failed to answer"));
  }
}

function below(basePath: string, pathname: string): string | null {
  if (pathname === basePath) return "";
  return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length + 1) : null;
}

function pageAnswer({ method }: Request, path: string): Response {
  if (method !== "GET" && method !== "HEAD")
    throw new Problem(405, "method-not-allowed", "the page is only to be got", { allow: "GET, HEAD" });
  const file = pageFile(path);
  if (file === null) throw new Problem(404, "not-found", "there is nothing here");
  return file;
}

async function apiAnswer(
  request: Request,
  url: URL,
  path: string,
  settings: Settings,
  routes: readonly Route[],
): Promise<Response> {
  const role = roleOf(request, settings);
  const found = matchingOrBad(routes, path);
  if (found === null) throw new Problem(404, "not-found", "the API has no such path");
  const method = request.method === "HEAD" ? "GET" : request.method;
  const isLooking = method === "GET";
  if (!isLooking) checkWrite(request, url, role, settings);
  const route = found.routes.find((one) => one.method === method);
  if (route === undefined) {
    const allow = found.routes.map((one) => one.method).join(", ");
    throw new Problem(405, "method-not-allowed", `this path takes ${allow}`, { allow });
  }
  return route.answer({ request, url, role, key: found.key });
}

function matchingOrBad(routes: readonly Route[], path: string): ReturnType<typeof matching> {
  try {
    return matching(routes, path);
  } catch {
    throw new Problem(400, "bad-path", "the path is not percent-encoded as it must be");
  }
}
