/** `npm run outage:gateway`: see `HELP`. */
import { parseArgs } from "node:util";
import { machine, type Machine } from "../machine.ts";
import { compactJson, publish } from "../publish.ts";
import { markdown, type Row, table } from "../table.ts";
import { tellMistakes } from "../usage.ts";
import { type GatewayOutage, type GatewayOutagePlan, playGatewayOutage } from "./gateway.ts";

const HELP = `npm run outage:gateway -- [--quick] [--write-docs]

An outage through the gateway, in real time and real processes: 300 requests a second, every second one streamed, and a
provider that hangs for 20 seconds with another one behind it. Takes three minutes.

--quick       30 requests a second for some seconds: a smoke test
--write-docs  writes benchmarks/results/gateway-outage.json and docs/reference/gateway-outage.md
--help        this`;

const PATIENCE_MS = 30_000;
const FULL = { perSecond: 300, beforeMs: 5_000, faultMs: 20_000, afterMs: 25_000, patienceMs: PATIENCE_MS } as const;
const QUICK = { perSecond: 30, beforeMs: 1_000, faultMs: 4_000, afterMs: 2_000, patienceMs: 10_000 } as const;
const FIRST_BYTE = { timeouts: { headers: "2s", firstToken: "2s" } };

interface Arm {
  readonly name: string;
  readonly about: string;
  readonly config: object | null;
}

const ARMS: readonly Arm[] = [
  { name: "no gateway", about: "the callers ask the first provider themselves, and wait for 30 s", config: null },
  {
    name: "failover alone",
    about: "a gateway that gives each target two seconds to its first byte (`timeouts`), with its circuits off",
    config: { ...FIRST_BYTE, breaker: { mode: "off" } },
  },
  { name: "as it comes", about: "a gateway with its two targets and nothing else in its file", config: {} },
  { name: "two seconds", about: "the same with two seconds to the first byte", config: FIRST_BYTE },
];

interface Result {
  readonly plan: Omit<GatewayOutagePlan, "config">;
  readonly machine: Machine;
  readonly arms: readonly { readonly name: string; readonly outage: GatewayOutage }[];
}

const HEAD: Row = [
  "",
  "requests while it hung",
  "errors",
  "median",
  "99 %",
  "slowest",
  "calls at the dead provider",
  "first answer of its own after its return",
  "99 % before",
];

tellMistakes("outage:gateway");
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    "write-docs": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(HELP);
else await run(values.quick ? QUICK : FULL, values["write-docs"] && !values.quick);

async function run(plan: Omit<GatewayOutagePlan, "config">, writes: boolean): Promise<void> {
  const arms: { name: string; outage: GatewayOutage }[] = [];
  for (const { name, config } of ARMS) {
    arms.push({ name, outage: await playGatewayOutage({ ...plan, config }) });
    console.error(`… ${name}: ${compactJson(arms.at(-1)?.outage).trim()}`);
  }
  const result: Result = { plan, machine: machine(["undici"]), arms };
  console.log(`\n${table(HEAD, rowsOf(result))}`);
  if (!writes) return;
  const pages = { "docs/reference/gateway-outage.md": page(result) };
  for (const path of await publish({ results: { "gateway-outage": result }, pages, charts: {} }))
    console.error(`wrote ${path}`);
}

function rowsOf({ arms }: Result): Row[] {
  return arms.map(({ name, outage }) => [
    name,
    String(outage.asked),
    String(outage.errors),
    ms(outage.p50Ms),
    ms(outage.p99Ms),
    ms(outage.mostMs),
    String(outage.deadCalls),
    outage.backMs === null ? "none" : ms(outage.backMs),
    ms(outage.healthyP99Ms),
  ]);
}

function ms(value: number): string {
  return value >= 1_000 ? `${(value / 1_000).toFixed(1)} s` : `${Math.round(value)} ms`;
}

function page(result: Result): string {
  const { plan, machine: on, arms } = result;
  const rates = arms.map(({ outage }) => Math.round(outage.perSecond));
  return `${[
    "# An outage through the gateway",
    "Written by `npm run outage:gateway -- --write-docs`; do not edit. The raw figures are in [benchmarks/results](../../benchmarks/results).",
    `Real time and real processes, on ${on.cores} cores (${on.cpu}) with Node ${on.node}: the gateway in one process, callers and providers in another. ${plan.perSecond} requests a second, each beginning when its time has come, whatever became of those before; every second one is streamed. Answers take 150–250 ms. After ${plan.beforeMs / 1_000} s the first provider takes requests and answers none, for ${plan.faultMs / 1_000} s; the second one works. Callers wait 30 s at most. ${Math.min(...rates)} to ${Math.max(...rates)} requests a second were really made. What the machine's other work adds shows in the last column: there the provider is well.`,
    ARMS.map(({ name, about }) => `- **${name}**: ${about}.`).join("\n"),
    markdown(HEAD, rowsOf(result)),
    "A call that is answered by nobody says so only by its silence, so what an outage costs is how long silence is waited for. As it comes the gateway waits as long as a model that thinks may need: 20 s without a sign of life. Until then no more than `maxConnections` (256) calls can hang at one target; the others are full there and go to the next one at once. Whoever knows that the first byte comes within seconds says so in `timeouts`. What the circuit adds to failover is that the silence is waited for once, and not by every caller.",
  ].join("\n\n")}\n`;
}
