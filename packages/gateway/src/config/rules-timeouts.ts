import type { CheckedTarget } from "./checked-file.ts";
import type { Broken } from "./rules.ts";
import type { Sections } from "./sections.ts";
import { milliseconds } from "./values.ts";

type Written = CheckedTarget["timeouts"];
const WITHIN = ["connect", "headers", "answer", "firstToken", "idle"] as const;
const DEFAULT_TOTAL = "10m";

/** A limit that is written and above that of the whole request would never be reached. Defaults may be. */
export function durationOrder({ timeouts, targets }: Sections): Broken[] {
  const total = timeouts?.total ?? DEFAULT_TOTAL;
  return [
    ...tooLong(timeouts ?? {}, total, ["timeouts"]),
    ...[...targets].flatMap(([name, target]) => {
      const own = target?.checked.timeouts ?? {};
      return tooLong(own, own.total ?? total, ["targets", name, "timeouts"]);
    }),
  ];
}

function tooLong(written: Written, total: string | number, base: readonly string[]): Broken[] {
  return WITHIN.filter((limit) => milliseconds(written[limit] ?? 0) > milliseconds(total)).map((limit) => ({
    path: [...base, limit],
    expected: `at most total (${total})`,
  }));
}
