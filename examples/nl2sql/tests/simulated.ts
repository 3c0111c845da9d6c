/** The application as a test needs it: its database, and simulated providers that can be told to fail. */
import type { RecloserOptions } from "recloser";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { onTestFinished } from "vitest";
import { type Application, type ApplicationOptions, startApplication } from "../src/application.ts";
import { generateShop } from "../src/data/generate.ts";
import type { Database } from "../src/database/database.ts";
import { openSqlite, sqliteSnapshot } from "../src/database/sqlite.ts";
import { simulatedModel } from "../src/golden/simulated-model.ts";
import type { PairStore } from "../src/verified/pair.ts";
import { memoryPairStore } from "../src/verified/memory-store.ts";

let snapshot: Promise<Uint8Array> | null = null;

/** One shop for all tests of a file: each has its own copy. */
export function shopSnapshot(): Promise<Uint8Array> {
  return (snapshot ??= sqliteSnapshot(generateShop()));
}

export type Answering = (asked: { readonly prompt: string }) => string | null;

export interface Started extends Application {
  readonly primary: SimulatedProvider;
  readonly standby: SimulatedProvider;
}

export interface StartOptions {
  readonly answer?: Answering;
  readonly standbyAnswer?: Answering;
  readonly database?: Database;
  readonly recloser?: RecloserOptions;
  readonly pairs?: PairStore;
  readonly queue?: ApplicationOptions["queue"];
}

/** Closed with the test. */
export async function started(options: StartOptions = {}): Promise<Started> {
  const { answer, standbyAnswer, database, recloser, queue } = options;
  const primary = await simulatedProvider({ answer: answer ?? simulatedModel });
  const standby = await simulatedProvider({ answer: standbyAnswer ?? simulatedModel });
  const application = await startApplication({
    database: database ?? (await openSqlite(await shopSnapshot())),
    pairs: options.pairs ?? (await memoryPairStore()),
    ...(recloser !== undefined && { recloser }),
    ...(queue !== undefined && { queue }),
    providers: [optionsOf("primary", primary), optionsOf("standby", standby)],
  });
  onTestFinished(async () => {
    await application.close();
    await Promise.all([primary.close(), standby.close()]);
  });
  return { ...application, primary, standby };
}

function optionsOf(
  name: string,
  { baseUrl }: SimulatedProvider,
): {
  readonly name: string;
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly simulated: true;
} {
  return { name, model: "simulated-large", baseUrl, apiKey: "none", simulated: true };
}
