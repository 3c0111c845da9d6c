/** The end of the fleet's story: the table, and what to make of it. */
import { type Line, wrap } from "../../../terminal/line.ts";
import type { FleetScene } from "../scene.ts";
import type { FleetSummary } from "../summary.ts";
import { replicasTable } from "./frame.ts";

const WIDEST = 96;

export function fleetClosing(scene: FleetScene, { happened, next }: FleetSummary, width: number): Line[] {
  const inner = Math.min(WIDEST, width - 2);
  const sentences = happened.flatMap((sentence) => wrap(sentence, inner)).map((text): Line => [text]);
  const lines: Line[] = [
    [],
    ...replicasTable(scene.replicas),
    [`calls to the provider: ${scene.providerCalls}`],
    [],
    ...sentences,
    ...wrap(next, inner).map((text): Line => [[text, "dim"]]),
    [],
  ];
  return lines.map((line) => [" ", ...line]);
}
