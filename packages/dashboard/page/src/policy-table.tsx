/** Every value of a breaker's policy, and where it comes from; those that nobody gave are left out until asked for. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BreakerView, PolicyOptionView } from "../../src/views/wire.ts";
import { ask, pathOf } from "./api.ts";
import { useTicks } from "./use.ts";
import { time, valueWords } from "./words.ts";

const READ_AGAIN_MS = 5_000;

interface Policy {
  readonly isCodeKnown: boolean;
  readonly options: readonly PolicyOptionView[];
}

export function PolicyTable({ view }: { readonly view: BreakerView }): JSX.Element | null {
  const policy = usePolicy(view);
  const [isWhole, setWhole] = useState(false);
  if (policy === null) return null;
  const given = policy.options.filter(({ from, fleet }) => from !== "default" || fleet !== null);
  const shown = isWhole ? policy.options : given;
  return (
    <>
      <h3>Policy</h3>
      {policy.isCodeKnown ? null : <p class="empty">No replica has told what its code says.</p>}
      {shown.length === 0 ? <p class="empty">Everything is as it is by default.</p> : null}
      <dl class="pairs policy">
        {shown.map((row) => (
          <div key={row.option}>
            <dt>{row.option}</dt>
            <dd>
              {valueWords(row.value)} <span class="faint">{sourceWords(row)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <button type="button" class="quiet" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
        {isWhole ? "Without the defaults" : "With the defaults"}
      </button>
    </>
  );
}

function usePolicy({ key, version, mode }: BreakerView): Policy | null {
  const [policy, setPolicy] = useState<Policy | null>(null);
  const again = useTicks(READ_AGAIN_MS);
  useEffect(() => {
    const stop = new AbortController();
    void ask(pathOf(key, "/policy"), { signal: stop.signal })
      .then(async (response) => {
        if (response.ok) setPolicy((await response.json()) as Policy);
      })
      .catch(() => {});
    return () => stop.abort();
  }, [key, version, mode, again]);
  return policy;
}

const FROM: Readonly<Record<PolicyOptionView["from"], string>> = {
  default: "default",
  code: "by the code",
  fleet: "set for the fleet",
  own: "by the breaker's own options",
};

function sourceWords({ from, fleet }: PolicyOptionView): string {
  if (fleet === null) return FROM[from];
  const end = fleet.untilMs === null ? "" : `, until ${time(fleet.untilMs)}`;
  const words = `as ${fleet.pattern} by ${fleet.by}: ${fleet.reason}${end}`;
  return from === "fleet" ? `${FROM.fleet} ${words}` : `${FROM[from]}, over ${valueWords(fleet.value)} set ${words}`;
}
