/** A change on one line, for people. */
import { SHAPE } from "../terminal/display.ts";
import type { Line, Span } from "../terminal/line.ts";
import { printable } from "../terminal/printable.ts";
import { lengthText } from "../terminal/time-text.ts";
import type { ChangeEvent } from "./changes.ts";
import { atText, type Times } from "./words.ts";

export function changeLine(change: ChangeEvent, times: Times): Line {
  return [[`${atText(change.atMs, times)}  `, "dim"], ...told(change, times)];
}

function told(change: ChangeEvent, times: Times): Span[] {
  if (change.type === "store") return storeTold(change.mode, change.error);
  const name: Span = [printable(change.key), "strong"];
  switch (change.type) {
    case "transition": {
      const { from, to, evidence, cooldownMs } = change;
      const why =
        to === "open"
          ? `: ${evidence ?? change.reason ?? "a probe failed"}; next probe after ${lengthText(cooldownMs ?? 0)}`
          : "";
      return [[`${SHAPE[to]} `, to], name, `  ${from} → `, [to, to], why];
    }
    case "override": {
      const { mode, by, reason, untilMs } = change;
      if (mode === "clear")
        return [
          [`${SHAPE.held} `, "held"],
          name,
          reason === "expired" ? "  held no longer: its time was over" : `  released${byText(by, reason)}`,
        ];
      if (mode === "reset" || mode === "probe-now")
        return [
          [`${SHAPE.held} `, "held"],
          name,
          mode === "reset" ? "  reset" : "  to be probed now",
          byText(by, reason),
        ];
      const end = untilMs === null ? "until released" : `until ${atText(untilMs, times)}`;
      return [
        [`${SHAPE.held} `, "held"],
        name,
        "  ",
        [mode === "force-open" ? "held open" : "held closed", "held"],
        ` ${end}${byText(by, reason)}`,
      ];
    }
    case "hold":
      return [[`${SHAPE.held} `, "held"], name, "  ", [change.kind, "held"], ` until ${atText(change.untilMs, times)}`];
    case "probe":
      return [
        [`${SHAPE["half-open"]} `, "half-open"],
        name,
        change.result === undefined ? "  probing" : `  probe ${change.result}`,
      ];
  }
}

function byText(by: string | null, reason: string | null): string {
  if (by === null) return "";
  return `, by ${printable(by)}${reason === null ? "" : `: ${printable(reason)}`}`;
}

function storeTold(mode: "shared" | "local", error: string | null): Span[] {
  if (mode === "shared") return ["  the replica's store is back: circuits are shared"];
  return [["  the replica's store is lost", "bad"], error === null ? "" : `: ${printable(error)}`];
}
