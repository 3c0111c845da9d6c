import type { Area } from "../scenario.ts";
import { classification } from "./classification.ts";
import { composition } from "./composition.ts";
import { cooldown } from "./cooldown.ts";
import { halfOpen } from "./half-open.ts";
import { lateResults } from "./late-results.ts";
import { store } from "./store.ts";
import { streams } from "./streams.ts";
import { windows } from "./windows.ts";

/** Every scenario, in the order of the page. */
export const AREAS: readonly Area[] = [
  windows,
  halfOpen,
  lateResults,
  cooldown,
  classification,
  store,
  composition,
  streams,
];
