/** A checked file with what follows from the rest of it, so that what is shown is what is in force. */
import type { CheckedFile, CheckedRoute } from "./checked-file.ts";
import { type CompletedTarget, completed } from "./completed-target.ts";

export function filledIn(file: CheckedFile): CheckedFile {
  const targets = Object.entries(file.targets ?? {}).map(([name, target]) => completed(name, target));
  return {
    ...file,
    targets: Object.fromEntries(
      targets.map(({ name, provider, format, baseUrl, allowPrivate, checked }) => [
        name,
        { ...checked, provider, format: format ?? undefined, baseUrl: baseUrl ?? undefined, allowPrivate },
      ]),
    ),
    routes: file.routes ?? defaultRoutes(targets),
  };
}

/** One for each format that there is, over its targets in the order of the file; a simulated one has its own. */
function defaultRoutes(targets: readonly CompletedTarget[]): CheckedRoute[] {
  const real = targets.filter((target) => !isSimulated(target));
  const formats = new Set(real.flatMap(({ format }) => (format === null ? [] : [format])));
  return [
    ...[...formats].map((format) =>
      routeOf(
        format,
        real.filter((target) => target.format === format),
        [],
      ),
    ),
    // Only for who asks for it: nobody may take what it says for an answer.
    ...targets.filter(isSimulated).map((target) => routeOf(target.name, [target], ["sim", "sim-*"])),
  ];
}

function isSimulated({ baseUrl }: CompletedTarget): boolean {
  return baseUrl === "sim:";
}

function routeOf(name: string, targets: readonly CompletedTarget[], models: readonly string[]): CheckedRoute {
  return {
    name,
    format: targets[0]?.format ?? undefined,
    models,
    targets: targets.map((target) => target.name),
    choice: "in-order",
    stream: "passthrough",
    onAllOpen: "fail",
  };
}
