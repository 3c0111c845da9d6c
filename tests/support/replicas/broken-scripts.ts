/** Redis with a defect: the store's own scripts, each changed at one place, on a real server. What the checks must catch. */
import { createHash } from "node:crypto";
import type { RedisPort, Script } from "recloser/redis";

interface Change {
  readonly breaks: string;
  /** As the scripts are sent: without indents. */
  readonly from: string;
  readonly to: string;
}

export const BROKEN_SCRIPTS = {
  "a second lease": {
    breaks: "a claim is served while another lease lives",
    from: `if lease and now < lease.expires then\nreturn "denied", lease.expires - now\nend`,
    to: "",
  },
  "no fencing": {
    breaks: "a settle and a renewal are carried out whoever has the lease by now",
    from: `return command.incarnation == facts.inc and tripped ~= nil and tripped.lease ~= nil and tripped.lease.token == command.token`,
    to: "return tripped ~= nil and tripped.lease ~= nil",
  },
  "a denial keeps the lease": {
    breaks: "who asks for a probe keeps the prober's lease alive",
    from: `return "denied", lease.expires - now\n`,
    to: `lease.expires = now + command.leaseMs\nreturn "denied", lease.expires - now, true\n`,
  },
  "versions fall": {
    breaks: "a change behind the first takes the version back",
    from: `facts.ver = facts.ver + 1\nreturn "changed"`,
    to: `facts.ver = math.abs(facts.ver - 1)\nreturn "changed"`,
  },
  "everybody tripped it": {
    breaks: "each replica whose report comes after the trip is told that it was the one that made it",
    from: `return "stale"`,
    to: `return facts.tripped and "tripped" or "stale"`,
  },
} as const satisfies Record<string, Change>;

export type BrokenScript = keyof typeof BROKEN_SCRIPTS;

/** A port that runs changed scripts. @param broken null: as they are */
export function withScripts(port: RedisPort, broken: BrokenScript | null): RedisPort {
  if (broken === null) return port;
  const { from, to } = BROKEN_SCRIPTS[broken];
  const changed = new Map<string, Script>();
  return {
    ...port,
    run(script, keys, args) {
      let other = changed.get(script.sha);
      if (other === undefined) {
        const lua = script.lua.replaceAll(from, to);
        other = { lua, sha: createHash("sha1").update(lua).digest("hex") };
        changed.set(script.sha, other);
      }
      return port.run(other, keys, args);
    },
  };
}
