/** Whoever shows the fleet: a live screen, plain lines, or JSON for programs. */
import type { FleetEvent } from "../journal.ts";
import type { FleetScene } from "../scene.ts";
import type { FleetSummary } from "../summary.ts";

export interface FleetPresenter {
  /** How often it wants to be shown the scene, in milliseconds; null: never. */
  readonly everyMs: number | null;
  /** Everybody is there. */
  begin(scene: FleetScene): void;
  event(event: FleetEvent): void;
  show(scene: FleetScene): void;
  /** The end came as planned. */
  report(scene: FleetScene, summary: FleetSummary): void;
  /** Puts everything back as it was; called on every way out, once or more. */
  close(): void;
}
