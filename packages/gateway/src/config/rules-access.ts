/** Who may ask, and from where. */
import { isLoopback } from "./addresses.ts";
import type { Broken } from "./rules.ts";
import { nearest } from "./nearest.ts";
import type { Sections } from "./sections.ts";

export function accessRules(sections: Sections): Broken[] {
  return [...listenerRules(sections), ...tokenRules(sections), ...clientRules(sections)];
}

function listenerRules({ listen, admin, clients }: Sections): Broken[] {
  const broken: Broken[] = [];
  if (listen !== null && !isLoopback(listen.host) && clients.length === 0) {
    const expected = "a loopback address such as 127.0.0.1, or clients with keys: anybody could spend yours";
    broken.push({ path: ["listen", "host"], expected });
  }
  if (admin === null || admin === false) return broken;
  if (!isLoopback(admin.host) && admin.readOnlyTokens.length + admin.operatorTokens.length === 0) {
    const expected = "a loopback address such as 127.0.0.1, or readOnlyTokens or operatorTokens beside it";
    broken.push({ path: ["admin", "host"], expected });
  }
  if (listen !== null && listen.port !== 0 && listen.port === admin.port)
    broken.push({ path: ["admin", "port"], expected: "another port than that of listen" });
  return broken;
}

function tokenRules({ admin }: Sections): Broken[] {
  if (admin === null || admin === false) return [];
  const broken: Broken[] = [];
  const seen = new Set<string>();
  for (const list of ["readOnlyTokens", "operatorTokens"] as const)
    for (const [at, token] of admin[list].entries()) {
      if (seen.has(token.toLowerCase()))
        broken.push({ path: ["admin", list, at], expected: "each token once", received: "one a second time" });
      seen.add(token.toLowerCase());
    }
  return broken;
}

function clientRules({ clients, routes }: Sections): Broken[] {
  const broken: Broken[] = [];
  const ids = new Set<string>();
  const keys = new Set<string>();
  const names = routes.flatMap((route) => (route === null ? [] : [route.name]));
  // A route of the wrong shape may be the one that is named.
  const areRoutesKnown = routes.length > 0 && !routes.includes(null);
  for (const [at, client] of clients.entries()) {
    if (client === null) continue;
    const wrong = (field: (string | number)[], expected: string, received?: string): void =>
      void broken.push({ path: ["clients", at, ...field], expected, ...(received === undefined ? {} : { received }) });
    if (ids.has(client.id)) wrong(["id"], "each id once");
    if (keys.has(client.keySha256.toLowerCase())) wrong(["keySha256"], "a key of its own", "that of another client");
    ids.add(client.id);
    keys.add(client.keySha256.toLowerCase());
    for (const [index, name] of (client.routes ?? []).entries())
      if (areRoutesKnown && !names.includes(name)) wrong(["routes", index], oneOfNames("a route", name, names));
  }
  return broken;
}

/** @param what `a route` */
export function oneOfNames(what: string, name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  if (meant !== null) return `the name of ${what}: did you mean ${meant}?`;
  return names.length === 0 ? `the name of ${what}, and there is none` : `the name of ${what}: ${names.join(", ")}`;
}
