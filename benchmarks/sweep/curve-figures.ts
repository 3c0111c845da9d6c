/** The curves as figures. */
import { markdown } from "../table.ts";
import type { Curves } from "./curves.ts";
import { charted, type Figure } from "./figure.ts";

export function curveFigures({ brownout, dead }: Curves): Figure[] {
  return [brownoutFigure(brownout), deadFigure(dead)];
}

function brownoutFigure(points: Curves["brownout"]): Figure {
  const percent = (failing: number): string => `${Math.round(failing * 100)} %`;
  return charted(
    "brownout",
    {
      title: "Brownouts: good answers, of those without a breaker",
      kind: "line",
      x: { name: "calls that fail", values: points.map(({ failing }) => percent(failing)) },
      y: { name: "kept", min: 0, max: 1 },
      series: [
        { name: "a breaker in each of 8 replicas", values: points.map(({ alone }) => alone), color: 2 },
        { name: "shared", values: points.map(({ shared }) => shared), color: 3 },
      ],
    },
    markdown(
      ["calls that fail", "kept, each for itself", "kept, shared"],
      points.map(({ failing, alone, shared }) => [percent(failing), alone.toFixed(3), shared.toFixed(3)]),
    ),
  );
}

function deadFigure(points: Curves["dead"]): Figure {
  return charted(
    "dead",
    {
      title: "Calls of 20 replicas that reach a dead provider in 30 s",
      kind: "line",
      x: { name: "calls per second of the whole fleet", values: points.map(({ perSecond }) => perSecond) },
      y: { name: "calls", log: true, min: 10 },
      series: [
        { name: "a breaker in each replica", values: points.map(({ alone }) => alone), color: 2 },
        { name: "shared", values: points.map(({ shared }) => shared), color: 3 },
        { name: "formula", values: points.map(({ formula }) => formula), color: 6 },
      ],
    },
    markdown(
      ["calls/s", "each for itself", "shared", "formula"],
      points.map(({ perSecond, alone, shared, formula }) => [
        String(perSecond),
        String(alone),
        String(shared),
        formula.toFixed(0),
      ]),
    ),
  );
}
