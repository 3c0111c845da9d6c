/** Whoever shows the demo: a live screen, plain lines, or JSON for programs. */
import type { DemoEvent } from "../journal.ts";
import type { Scene } from "../scene.ts";
import type { Arms } from "../stage.ts";
import type { Settings } from "../stage.ts";
import type { ArmSummary } from "../summary.ts";
import type { Verdict } from "../verdict.ts";

export interface Report {
  readonly settings: Settings;
  readonly arms: Arms<ArmSummary>;
  readonly breaker: {
    /** How often it went from closed to open. */
    readonly opened: number;
    readonly held: number;
    readonly probesPassed: number;
    readonly probesFailed: number;
    /** The highest step of the cooldown ladder; 0 when it never opened. */
    readonly longestStep: number;
    readonly endsAs: string;
  };
  readonly verdict: Verdict;
}

export interface Presenter {
  /** How often it wants to be shown the scene, in real milliseconds; null: never. */
  readonly everyMs: number | null;
  event(event: DemoEvent): void;
  show(scene: Scene): void;
  /** The end came as planned. */
  report(report: Report): void;
  /** Puts everything back as it was; called on every way out, once or more. */
  close(): void;
}
