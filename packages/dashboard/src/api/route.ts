/** A path of the API with what answers it. */
import type { Role } from "../views/wire.ts";

export interface Asked {
  readonly request: Request;
  readonly url: URL;
  readonly role: Role;
  /** What stands for `{key}` in the path. */
  readonly key: string;
}

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below `/api/v1/`, with `{key}` where a breaker's name goes. */
  readonly path: string;
  /** As the OpenAPI file names it. */
  readonly operation: string;
  answer(asked: Asked): Response | Promise<Response>;
}

/** The routes of a path, and the breaker's name in it. @returns null: no such path */
export function matching(
  routes: readonly Route[],
  path: string,
): { readonly routes: readonly Route[]; readonly key: string } | null {
  const segments = path.split("/");
  const found = routes.filter((route) => {
    const wanted = route.path.split("/");
    return wanted.length === segments.length && wanted.every((part, at) => part === "{key}" || part === segments[at]);
  });
  const at = found[0]?.path.split("/").indexOf("{key}") ?? -1;
  return found.length === 0 ? null : { routes: found, key: at < 0 ? "" : decodeURIComponent(segments[at] as string) };
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(value), {
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  });
}
