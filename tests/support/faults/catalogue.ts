/** The faults that must be survived, and of each the tests that show it: `npm run test:faults` runs them and says what they found. */

/** A test file, and words of its tests' full names; without words, all of them. */
export type Proof = readonly [file: string, words?: string];

export interface Line {
  readonly fault: string;
  readonly proofs: readonly Proof[];
}

export interface Catalogue {
  readonly heading: string;
  /** What is required of each line. */
  readonly required: string;
  readonly lines: readonly Line[];
}

const line = (fault: string, ...proofs: Proof[]): Line => ({ fault, proofs });

const NETWORK = "tests/stores/faults-network.test.ts";
const REFUSALS = "tests/stores/faults-refusals.test.ts";
const DATA = "tests/stores/faults-data.test.ts";
const REPORTS = "tests/stores/faults-reports.test.ts";
const CLIENTS = "tests/stores/faults-clients.test.ts";
const TOPOLOGIES = "tests/stores/redis-topologies.test.ts";
const POSTGRES = "tests/stores/postgres-faults.test.ts";
const PROBES = "tests/stores/fleet-probes.test.ts";
const CONNECTIONS = "tests/gateway/upstream-faults.test.ts";
const PROVIDERS = "tests/gateway/faults/providers.test.ts";
const CALLERS = "tests/gateway/faults/callers.test.ts";
const STREAMS = "tests/gateway/streams.test.ts";
const INTAKE = "tests/gateway/intake.test.ts";
const FRAMING = "tests/gateway/security/framing.test.ts";
const BODIES = "tests/gateway/security/bodies.test.ts";

const REDIS: Catalogue = {
  heading: "Redis",
  required:
    "No call fails. None waits longer than a claim may (50 ms). This process goes on by itself, trips and closes by itself, and shares again within 3 s of the store's return.",
  lines: [
    line("hung (SIGSTOP)", [NETWORK, "is stopped under 500 calls a second"]),
    line("hung before it was reached", [NETWORK, "is hung at the start"]),
    line("DEBUG SLEEP", [REFUSALS, "(DEBUG SLEEP)"]),
    line("CLIENT PAUSE ALL and WRITE", [REFUSALS, "(CLIENT PAUSE)"], [REFUSALS, "(CLIENT PAUSE WRITE)"]),
    line("killed, restarted empty", [NETWORK, "is killed"], [DATA, "a SIGKILL of the server"]),
    line("away at the start", [NETWORK, "is down at the start"]),
    line("FLUSHALL, key evicted", [DATA, "FLUSHALL"], [DATA, "the eviction of its record"]),
    line("the log of changes alone evicted", ["tests/stores/extremes.test.ts", "log of changes alone"]),
    line("OOM with noeviction", [REFUSALS, "(OOM)"]),
    line("READONLY", [REFUSALS, "(READONLY)"]),
    line("MASTERDOWN", [REFUSALS, "(MASTERDOWN)"]),
    line("NOREPLICAS", [REFUSALS, "(NOREPLICAS)"]),
    line("MISCONF", [REFUSALS, "(MISCONF)"]),
    line("LOADING", [REFUSALS, "(LOADING)"]),
    line("BUSY script", [REFUSALS, "(BUSY)"]),
    line("SCRIPT FLUSH (NOSCRIPT)", [DATA, "when the server forgets the scripts"]),
    line("wrong password at the start: told once, loudly", [REFUSALS, "a wrong password"]),
    line("NOAUTH and WRONGPASS mid-run", [REFUSALS, "(NOAUTH)"], [REFUSALS, "(WRONGPASS)"]),
    line("ACL without scripts", [REFUSALS, "a user without scripts"], [REFUSALS, "run no scripts any more"]),
    line("ACL without writes", [REFUSALS, "NOPERM in a script"]),
    line("ACL without publish: the poll instead", [REFUSALS, "A user that may not publish"]),
    line("wrong type, NaN, huge or damaged record", [DATA, "is set aside and told once"], [DATA, "that is damaged"]),
    line("somebody else's data under the namespace's own keys", ["tests/stores/faults-own-keys.test.ts"]),
    line("fields of another version are kept", [DATA, "Another version"]),
    line("CLUSTERDOWN", [REFUSALS, "(CLUSTERDOWN)"]),
    line("MOVED, CROSSSLOT: every operation on a Cluster of three masters", [TOPOLOGIES, "Cluster of three masters"]),
    line("failover of a Cluster's master", [TOPOLOGIES, "of a Cluster's master to its replica"]),
    line("Sentinel failover with lost writes", [TOPOLOGIES, "by Sentinel"]),
    line("max clients", [REFUSALS, "takes no more clients"]),
    line("server clock ±1 h, replica clocks ±10 min", [DATA, "Clocks that differ"]),
    line("DNS failure and hanging resolver", ["tests/stores/faults-names.test.ts"]),
    line("TLS error (never downgraded)", ["tests/stores/redis-tls.test.ts", "No call fails or waits"]),
    line("pub/sub dropped while commands work", ["tests/stores/faults-push.test.ts"]),
    line("a timed-out report that arrives later", [REPORTS], [DATA, "A rate limit that is told"]),
    line(
      "a report that its client sends again",
      [REPORTS, "is sent again by its client"],
      [CLIENTS, "counts each failure"],
    ),
    line("a claim that meets a hang: 50 ms, once", [NETWORK, "A claim that meets a store that hangs"]),
    line("slow: 40 ms (shared as before), 500 ms (alone)", [NETWORK, "takes 40 ms"], [NETWORK, "takes 500 ms"]),
    line("a byte at a time", [NETWORK, "brings a byte at a time"]),
    line("blackhole, half-open, deaf, reset", [NETWORK, "loses"], [NETWORK, "forgets"], [NETWORK, "resets"]),
    line("garbage and answers to other questions", [NETWORK, "brings bytes"], [NETWORK, "brings answers"]),
    line("flapping each second for a minute", [NETWORK, "comes and goes every second"]),
    line("a client of the user's with its own queues", [CLIENTS, "costs no call anything"]),
    line("node-redis without a listener for errors: the process lives", [
      "tests/stores/faults-process.test.ts",
      "node-redis",
    ]),
    line("close() while the store is up, down or hung", ["tests/stores/faults-close.test.ts"]),
  ],
};

const POSTGRESQL: Catalogue = {
  heading: "PostgreSQL",
  required: "As of Redis.",
  lines: [
    line("hung", [POSTGRES, "is stopped under 500"], [POSTGRES, "What waits behind a question"]),
    line("crashed, restarted", [POSTGRES, "crashes"]),
    line("away at the start", [POSTGRES, "is not there at the start"]),
    line("table locked", [POSTGRES, "table locked"]),
    line("read-only", [POSTGRES, "can be read only"]),
    line("backends terminated, connection limit", [POSTGRES, "lets nobody else in"]),
    line("no right to write", [POSTGRES, "takes the right to write away"]),
    line("LISTEN lost: the poll instead", [POSTGRES, "While the connection that listens"]),
    line("newer schema, no schema", [POSTGRES, "later version"], [POSTGRES, "has lost the schema"]),
    line("older schema", ["tests/stores/postgres-history.test.ts", "made before there was a history"]),
    line("a row that is no record", [POSTGRES, "A row that is no record"]),
    line("blackhole, half-open, reset, 500 ms, garbage", [POSTGRES, "the network to PostgreSQL"]),
  ],
};

const REPLICAS: Catalogue = {
  heading: "Replicas",
  required: "Another replica probes within the lease. What a replica says too late changes nothing.",
  lines: [
    line("SIGKILL with the lease in hand, while traffic goes on", [PROBES, "when the prober is killed"]),
    line("the same on PostgreSQL", ["tests/stores/postgres-fleet.test.ts", "when the prober is killed"]),
    line("the same on a Cluster and with Sentinel", ["tests/stores/fleet-topologies.test.ts", "prober is killed"]),
    line("all killed, and begun anew", ["tests/stores/fleet-restarts.test.ts"]),
    line("SIGSTOP past the lease, SIGCONT, late success", [PROBES, "whose late success closes nothing"]),
    line("SIGSTOP past the lease, SIGCONT, late failure", [PROBES, "whose late failure opens nothing"]),
    line("SIGTERM: the lease is given back", ["tests/e2e/shutdown.test.ts", "gives the lease of its probe back"]),
    line("close(): the lease is given back", ["tests/stores/faults-close.test.ts", "lease back"]),
    line("event loop blocked 2 s: no healthy call is timed out", ["tests/stores/faults-process.test.ts", "blocked"]),
    line("one replica without a way to the provider", ["tests/stores/fleet-sick-replica.test.ts"]),
  ],
};

const OF_PROVIDERS: Catalogue = {
  heading: "Providers",
  required:
    "The call ends within its limit, the next target answers where it may, nothing of it is left, the process lives.",
  lines: [
    line("accepts, never answers", [CONNECTIONS, "that never answers"]),
    line("headers, then nothing", [CONNECTIONS, "sends headers, then nothing"]),
    line(
      "slow drip",
      [CONNECTIONS, "byte by byte"],
      [PROVIDERS, "drips its body"],
      [CONNECTIONS, "of a byte now and then"],
    ),
    line("endless 1xx", [CONNECTIONS, "informational"], [PROVIDERS, "never ends what it says of itself"]),
    line(
      "truncated: content-length, chunked, close-delimited",
      [CONNECTIONS, "sends less than"],
      [CONNECTIONS, "ends a chunked"],
      [CONNECTIONS, "body without a length"],
    ),
    line("RST before, in the head, in the body", [PROVIDERS, "that resets"]),
    line(
      "garbage",
      [CONNECTIONS, "speaks no HTTP"],
      [PROVIDERS, "says another protocol"],
      ["tests/gateway/security/fuzz.test.ts", "A provider that answers anything"],
    ),
    line(
      "oversized headers",
      [CONNECTIONS, "too large"],
      [PROVIDERS, "more headers than it may"],
      [PROVIDERS, "header without end"],
    ),
    line("CL+TE, two lengths", [PROVIDERS, "says both lengths"], [PROVIDERS, "says two lengths"]),
    line("HTML with 200", [PROVIDERS, "that sends HTML"], ["tests/integration/answers-that-are-none.test.ts"]),
    line("200 with an error body", [PROVIDERS, "sends an error as an answer"]),
    line("in-stream error, cut, malformed or hanging stream", [STREAMS, "A stream that breaks"]),
    line("missing terminal marker", [STREAMS, "whose [DONE] is missing"], [STREAMS, "no-terminal-marker"]),
    line(
      "redirect (never followed)",
      ["tests/gateway/forwarding.test.ts", "is not followed"],
      ["tests/gateway/security/header-leaks.test.ts", "none follows a"],
    ),
    line("gzip bomb", [PROVIDERS, "unpacked to anything"], [PROVIDERS, "in a refusal is said in words of ours"]),
    line(
      "endless stream or body",
      [PROVIDERS, "An answer without end"],
      [CONNECTIONS, "without end ends at the limit"],
    ),
    line("Retry-After huge, negative, junk", [PROVIDERS, "holds a target for no longer"]),
    line("a refusal whose body does not come", ["tests/gateway/faults/refusals.test.ts"]),
    line("hostile headers", [PROVIDERS, "Headers of an answer"]),
    line("a second answer nobody asked for", [PROVIDERS, "What comes after an answer"]),
  ],
};

const OF_CLIENTS: Catalogue = {
  heading: "Clients",
  required:
    "What is wrong is refused before a provider hears of it; who leaves says nothing of the provider; nothing is left.",
  lines: [
    line("client abort", [CALLERS, "A caller who leaves"], ["tests/gateway/aborts.test.ts"]),
    line(
      "slow reader",
      [CALLERS, "Callers who read slowly"],
      ["tests/gateway/slow-readers.test.ts"],
      [CONNECTIONS, "reader who"],
    ),
    line("slow POST, slow head", [CALLERS, "a byte at a time"]),
    line("oversized body", [INTAKE, "too large"], [BODIES, "A body that is too large"]),
    line("malformed, deep or invalid UTF-8 body", [BODIES, "A body is refused that"], [INTAKE, "of invalid UTF-8"]),
    line("smuggling", [FRAMING, "could be read in two ways"]),
    line("two Hosts", [FRAMING, "A host is one"], [INTAKE, "with two Hosts"]),
    line("thousands of idle connections", [CALLERS, "by the thousand"]),
    line(
      "traversal, absolute-form and //host targets",
      [FRAMING, "A place that is not plainly here"],
      [INTAKE, "A request line"],
    ),
    line(
      "prototype pollution in bodies and config",
      [BODIES, "A body passes byte for byte"],
      ["packages/gateway/src/config/read-source.test.ts", "a name that objects have"],
    ),
    line(
      "hostile breaker names",
      ["tests/scenarios/keys.test.ts", "__proto__"],
      ["tests/gateway/security/bounded.test.ts", "Models that nobody has"],
    ),
    line("anything at all", ["tests/gateway/security/fuzz.test.ts"]),
  ],
};

export const CATALOGUES: readonly Catalogue[] = [REDIS, POSTGRESQL, REPLICAS, OF_PROVIDERS, OF_CLIENTS];

/** Every file that shows something, once. */
export function filesOf(catalogues: readonly Catalogue[]): string[] {
  return [...new Set(catalogues.flatMap(({ lines }) => lines.flatMap(({ proofs }) => proofs.map(([file]) => file))))];
}
