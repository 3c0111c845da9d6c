/** Goes through all that a store can say, on connections of the doctor's own. */
import { type Inspection, readRecords } from "recloser/inspect";
import type { StoreHistory } from "recloser/history";
import { leaveOutWarnings } from "../verbs/source/library-warnings.ts";
import { type OpenStore, openStore, redisClient } from "../verbs/source/open-store.ts";
import { isPostgres, type StoreSettings } from "../verbs/source/options.ts";
import { passwordOf } from "../verbs/source/password.ts";
import { within } from "../verbs/within.ts";
import { circuitsOf } from "./circuits-seen.ts";
import { failure, type Finding, well } from "./finding.ts";
import { fleetChecks } from "./fleet-checks.ts";
import { hearingCheck, storeChecks } from "./store-checks.ts";

// Of each a day is read.
const BREAKERS_MOST = 50;
const HOURS = 24;

/** @param localMs this machine's clock */
export async function examineStore(
  settings: StoreSettings,
  localMs: () => number = Date.now,
): Promise<readonly Finding[]> {
  leaveOutWarnings();
  const password = await passwordOf(settings);
  const opened = await openStore(settings, password, false);
  try {
    const { namespace, limitMs } = settings;
    const read = (): Promise<Inspection> => readRecords(opened.store, namespace);
    const { findings, inspection } = await storeChecks(settings, read, localMs);
    if (inspection === null) return findings;
    const { history } = opened.store;
    return [
      ...findings,
      await hearingCheck(opened, namespace, limitMs),
      ...(await ofServer(settings, password)),
      ...(await ofReplicas(history, settings)),
      ...circuitsOf(inspection, await busiest(history, settings, inspection)),
    ];
  } finally {
    await end(opened);
  }
}

async function end(opened: OpenStore): Promise<void> {
  try {
    await opened.end();
  } catch {} // what hangs is left behind: the command has ended
}

async function ofServer(settings: StoreSettings, password: string | null): Promise<readonly Finding[]> {
  try {
    return await (isPostgres(settings.url.protocol) ? ofPostgres(settings, password) : ofRedis(settings, password));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return [
      failure("rights", `they cannot be asked: ${said}`, "nobody knows what a replica may do", "recloser status"),
    ];
  }
}

async function ofRedis(settings: StoreSettings, password: string | null): Promise<readonly Finding[]> {
  const { redisChecks } = await import("./redis-checks.ts");
  const client = await redisClient(settings, password, false);
  client.on("error", () => {}); // told by the question that it breaks
  try {
    await within(
      settings.limitMs,
      new Promise((resolve) => client.once("ready", resolve)),
      () => new Error("no connection"),
    );
    return await redisChecks(client, settings.namespace, settings.limitMs);
  } finally {
    client.disconnect();
  }
}

async function ofPostgres(
  { url, schema, limitMs }: StoreSettings,
  password: string | null,
): Promise<readonly Finding[]> {
  const [{ default: pg }, { postgresChecks }] = await Promise.all([import("pg"), import("./postgres-checks.ts")]);
  const withPassword = new URL(url);
  if (password !== null) withPassword.password = encodeURIComponent(password);
  const client = new pg.Client({
    connectionString: withPassword.href,
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
    application_name: "recloser doctor",
  });
  client.on("error", () => {}); // told by the question that it breaks
  await client.connect();
  try {
    return await postgresChecks(client, schema);
  } finally {
    await client.end().catch(() => {});
  }
}

async function ofReplicas(
  history: StoreHistory | undefined,
  { namespace, limitMs }: StoreSettings,
): Promise<Finding[]> {
  if (history === undefined) return [well("replicas", "this store keeps nothing of them")];
  try {
    const late = (): Error => new Error("it did not answer");
    const { replicas } = await within(limitMs, history.replicas(namespace), late);
    return fleetChecks(replicas);
  } catch {
    return [well("replicas", "what they tell of themselves cannot be read here")];
  }
}

async function busiest(
  history: StoreHistory | undefined,
  { namespace, limitMs }: StoreSettings,
  { records }: Inspection,
): Promise<ReadonlyMap<string, number>> {
  if (history === undefined) return new Map();
  const late = (): Error => new Error("it did not answer");
  const read = records.slice(0, BREAKERS_MOST).map(async ({ name }) => {
    const points = await within(limitMs, history.series(namespace, name, HOURS), late).catch(() => []);
    return [name, Math.max(0, ...points.map(({ calls }) => calls))] as const;
  });
  return new Map(await Promise.all(read));
}
