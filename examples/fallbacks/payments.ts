/**
 * Payments: made once or not at all, so nothing is tried again by itself but what provably was not sent. What was never made
 * goes into a queue; what was made and not answered is asked for later, by its idempotency key.
 */
import type { Breaker } from "recloser";

export interface Order {
  readonly id: string;
  readonly cents: number;
}

export interface Later {
  /** Made later: the provider knows nothing of it. */
  payLater(order: Order): Promise<void>;
  /** Looked up later: the provider may have carried it out. */
  lookUpLater(order: Order): Promise<void>;
}

export type Payment = { readonly state: "paid"; readonly id: string } | { readonly state: "queued" | "unclear" };

export async function pay(breaker: Breaker, url: string, order: Order, later: Later): Promise<Payment> {
  const charge = async (signal: AbortSignal): Promise<Payment> => {
    const response = await fetch(`${url}/charges`, {
      method: "POST",
      // The same for every try of this order, so that the provider carries it out once.
      headers: { "content-type": "application/json", "idempotency-key": `order-${order.id}` },
      body: JSON.stringify({ cents: order.cents }),
      signal,
    });
    if (!response.ok) throw Object.assign(new Error(`charge: ${response.status}`), { status: response.status });
    const { id } = (await response.json()) as { id: string };
    return { state: "paid", id };
  };
  return breaker.execute(({ signal }) => charge(signal), {
    retry: {}, // only what was not sent
    fallback: async (_error, { outcome, open }): Promise<Payment> => {
      // Refused for a rate limit, a quota or a key is not carried out.
      const wasMade = open?.inFlight === true || (outcome !== null && outcome.track !== "hold");
      await (wasMade ? later.lookUpLater(order) : later.payLater(order));
      return { state: wasMade ? "unclear" : "queued" };
    },
  });
}
