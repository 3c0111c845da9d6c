/** How many requests a client has under way. */
import { Slots } from "../attempts/slots.ts";

export interface ClientSlots {
  /** False when there is none here; each that was taken is given back once. */
  take(): boolean;
  /** Takes one that is elsewhere: with another process of the same gateway. */
  takeElsewhere(): Promise<boolean>;
  giveBack(): void;
}

/** Counted in this process. */
export class OwnSlots extends Slots implements ClientSlots {
  takeElsewhere(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
