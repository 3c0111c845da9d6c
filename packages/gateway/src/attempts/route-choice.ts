/** Which route a request takes, and in which order its targets are asked. */
import type { ClientConfig, RouteConfig } from "../config/config.ts";
import type { Dialect, Operation } from "../formats/dialect.ts";
import { Refusal } from "../http/refusal.ts";
import { matchesGlob } from "../upstream/model-names.ts";

export interface Seeking {
  readonly dialect: Dialect;
  readonly operation: Operation;
  /** The route that the path or a header names; null: as the model decides. */
  readonly named: string | null;
  readonly model: string | null;
  readonly client: ClientConfig | null;
}

/** @throws Refusal where there is none, or none for this client */
export function chooseRoute(routes: readonly RouteConfig[], seeking: Seeking): RouteConfig {
  const { dialect, named, model, client } = seeking;
  const isAllowed = (route: RouteConfig): boolean => client?.routes?.includes(route.name) ?? true;
  if (named !== null) {
    const route = routes.find(({ name }) => name === named);
    if (route === undefined || route.format !== dialect.name) {
      throw new Refusal(404, "unknown_route", `there is no route of this name for the ${dialect.name} format`);
    }
    // Who may use some routes only may not use one for what it is not for.
    const isLimited = client !== null && client.routes !== null;
    if (!isAllowed(route) || (isLimited && !serves(route, seeking))) throw forbidden();
    return route;
  }
  const fitting = routes.filter((route) => route.format === dialect.name && serves(route, seeking));
  const route = fitting.find(isAllowed);
  if (route !== undefined) return route;
  if (fitting.length > 0) throw forbidden();
  const what = model === null ? `the ${dialect.name} format` : `this model in the ${dialect.name} format`;
  throw new Refusal(404, "no_route", `no route serves ${what}`);
}

// What names no model (a file, a batch, the list of models) goes where everything goes, or to the format's first route.
function serves({ models }: RouteConfig, { model }: Seeking): boolean {
  return model === null || models.length === 0 || models.some((glob) => matchesGlob(glob, model));
}

function forbidden(): Refusal {
  return new Refusal(403, "route_not_allowed", "this client may not use the route");
}

/** @param random in [0, 1) */
export function targetOrder({ targets, choice }: RouteConfig, random: () => number): readonly string[] {
  if (choice === "in-order") return targets.map(({ target }) => target);
  const left = [...targets];
  const order: string[] = [];
  while (left.length > 0) {
    let draw = random() * left.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = left.findIndex(({ weight }) => (draw -= weight) < 0);
    const [next] = left.splice(Math.max(0, drawn), 1);
    if (next !== undefined) order.push(next.target);
  }
  return order;
}
