/** A replica's process: seats, and an ear for orders. Started by `replica-process.ts`; its arguments are its journal and its name. */
import { Journal } from "./journal.ts";
import { Seat, type SeatOptions, type SeatOrders } from "./seat.ts";
import { watchStalls } from "./stalls.ts";
import type { Order } from "./orders.ts";

const [, , path = "", name = ""] = process.argv;
const journal = new Journal(path);
const seats = new Map<string, Seat>();

watchStalls(name, journal);

for (const event of ["unhandledRejection", "uncaughtException"])
  process.on(event, (error) => journal.write(name, { what: "unhandled", message: String(error) }));

process.on("message", (order: Order) => {
  void carryOut(order).then(
    (value) => process.send?.({ id: order.id, value }),
    (error: unknown) => process.send?.({ id: order.id, error: String(error) }),
  );
});

async function carryOut({ seat, method, args }: Order): Promise<unknown> {
  if (method === "open") {
    seats.set(seat, new Seat(args[0] as SeatOptions, journal));
    return;
  }
  if (method === "leave") {
    // What keeps the process alive now was left behind.
    setImmediate(() => process.disconnect());
    return;
  }
  const orders: SeatOrders | undefined = seats.get(seat);
  if (orders === undefined) throw new Error(`no seat ${seat} in ${name}`);
  return (orders[method] as (...args: unknown[]) => Promise<unknown>)(...args);
}

process.send?.({ id: 0, value: "up" });
