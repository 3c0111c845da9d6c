/** What goes over the channel between a test and a replica's process. */
import type { SeatOrders } from "./seat.ts";

export interface Order {
  readonly id: number;
  readonly seat: string;
  readonly method: keyof SeatOrders | "open" | "leave";
  readonly args: readonly unknown[];
}

export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });
