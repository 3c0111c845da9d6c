/** The parts of a tree whose shape is right, each by itself: one wrong field must not hide what is wrong elsewhere. */
import type { z } from "zod";
import { type Path, valueAt } from "./path.ts";
import { foundIn } from "./zod-issues.ts";
import type {
  CheckedAdmin,
  CheckedClient,
  CheckedFile,
  CheckedRoute,
  CheckedTarget,
  CheckedWebhook,
} from "./checked-file.ts";
import { webhook } from "./alerts-schema.ts";
import { type CompletedTarget, completed } from "./completed-target.ts";
import { parts } from "./file-schema.ts";
import { route } from "./route-schema.ts";
import { target, timeouts } from "./target-schema.ts";

export interface Sections {
  /** Null, here and below: its shape is wrong, which is told already. */
  readonly listen: CheckedFile["listen"] | null;
  readonly admin: CheckedAdmin | false | null;
  readonly workers: number | null;
  readonly store: CheckedFile["store"] | null;
  /** As they are written, without defaults. */
  readonly timeouts: CheckedTarget["timeouts"] | null;
  readonly clients: readonly (CheckedClient | null)[];
  readonly targets: ReadonlyMap<string, CompletedTarget | null>;
  readonly webhooks: readonly (CheckedWebhook | null)[];
  readonly routes: readonly (CheckedRoute | null)[];
  /** Policies by where they stand. */
  readonly policies: readonly { readonly path: readonly string[]; readonly policy: unknown }[];
}

export function sectionsOf(tree: Readonly<Record<string, unknown>>): Sections {
  return {
    listen: checked(parts.listen, tree["listen"]),
    admin: checked(parts.admin, tree["admin"]),
    workers: checked(parts.workers, tree["workers"]),
    store: checked(parts.store, tree["store"]),
    timeouts: checked(timeouts, tree["timeouts"] ?? {}),
    clients: listOf(tree["clients"]).map((one) => checked(parts.client, one)),
    targets: new Map(
      entriesOf(tree["targets"]).map(([name, one]) => {
        const right = checked(target, one);
        return [name, right === null ? null : completed(name, right)];
      }),
    ),
    webhooks: listOf(valueAt(tree, ["alerts", "webhooks"])).map((one) => checked(webhook, one)),
    routes: listOf(tree["routes"]).map((one) => checked(route, one)),
    policies: [
      { path: ["breaker"], policy: tree["breaker"] },
      ...entriesOf(tree["policies"]).map(([glob, policy]) => ({ path: ["policies", glob], policy })),
    ],
  };
}

/** Without the fields that are wrong, where it can do without them: the others still have rules to keep. */
function checked<T>(schema: z.ZodType<T>, value: unknown): T | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const rest: unknown = structuredClone(value);
  for (const { path } of foundIn(parsed.error.issues)) takeOut(rest, path);
  return schema.safeParse(rest).data ?? null;
}

// The member of an object that it lies in: the places of a list's other items must stay what they are.
function takeOut(from: unknown, path: Path): void {
  const length = path.findLastIndex((part) => typeof part === "string");
  const within = valueAt(from, path.slice(0, Math.max(0, length)));
  if (length >= 0 && typeof within === "object" && within !== null)
    delete (within as Record<string, unknown>)[path[length] as string];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
