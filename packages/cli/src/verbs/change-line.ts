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
  const name: Span = [printable(change.key), "strong"];
  switch (change.type) {
    case "transition": {
      const { from, to, evidence, cooldownMs } = change;
      const why =
        to === "open"
          ? `: ${evidence ?? change.reason ?? "a probe failed"}; next probe after ${lengthText(cooldownMs)}`
          : "";
      return [[`${SHAPE[to]} `, to], name, `  ${from} → `, [to, to], why];
    }
    case "override": {
      const { mode, by, reason, untilMs } = change;
      if (mode === "clear")
        return [
          [`${SHAPE.held} `, "held"],
          name,
          reason === null ? "  released" : "  held no longer: its time was over",
        ];
      const end = untilMs === null ? "until released" : `until ${atText(untilMs, times)}`;
      return [
        [`${SHAPE.held} `, "held"],
        name,
        "  ",
        [mode === "force-open" ? "held open" : "held closed", "held"],
        ` ${end}, by ${printable(by ?? "")}: ${printable(reason ?? "")}`,
      ];
    }
    case "hold":
      return [[`${SHAPE.held} `, "held"], name, "  ", [change.kind, "held"], ` until ${atText(change.untilMs, times)}`];
    case "probe":
      return [[`${SHAPE["half-open"]} `, "half-open"], name, "  probing"];
  }
}
