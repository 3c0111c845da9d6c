/** The shop's rows, from a seed: the same seed gives the same shop, on every machine. */
import { seededRandom } from "recloser/testing";
import { CATEGORIES, CITIES, FAMILY_NAMES, GIVEN_NAMES, MATERIALS, SUPPLIER_WORDS } from "./words.ts";

export type Cell = string | number | boolean | null;
export type Shop = Readonly<Record<string, readonly (readonly Cell[])[]>>;

export const DEFAULT_SEED = 2_026;

const COUNTS = {
  suppliers: 40,
  products: 300,
  employees: 30,
  customers: 2_000,
  orders: 8_000,
  returns: 1_500,
} as const;
// Orders from the first day on, for three years.
const FIRST_DAY = Date.UTC(2023, 0, 1);
const DAYS = 1_095;
const DAY_MS = 86_400_000;

/** @param seed a whole number; other seeds give other shops of about the same size */
export function generateShop(seed: number = DEFAULT_SEED): Shop {
  const draw = drawer(seed);
  const suppliers = makeSuppliers(draw);
  const categories = CATEGORIES.map(({ name }, index) => [index + 1, name]);
  const products = makeProducts(draw);
  const employees = makeEmployees(draw);
  const customers = makeCustomers(draw);
  const orders = makeOrders(draw);
  const items = makeItems(draw, orders, products);
  return {
    suppliers,
    categories,
    products,
    employees,
    customers,
    orders,
    items,
    payments: makePayments(draw, orders, items),
    returns: makeReturns(draw, orders, items),
  };
}

interface Draw {
  below(limit: number): number;
  between(from: number, to: number): number;
  one<T>(list: readonly T[]): T;
  /** Small numbers far more often than large ones, as customers and products are chosen. */
  skewed(limit: number): number;
  chance(share: number): boolean;
}

function drawer(seed: number): Draw {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    between: (from, to) => from + below(to - from + 1),
    one: (list) => list[below(list.length)] as (typeof list)[number],
    skewed: (limit) => Math.floor(random() ** 2 * limit),
    chance: (share) => random() < share,
  };
}

function many<T>(count: number, make: (id: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}

function day(offset: number): string {
  return new Date(FIRST_DAY + offset * DAY_MS).toISOString().slice(0, 10);
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function person(draw: Draw): string {
  return `${draw.one(GIVEN_NAMES)} ${draw.one(FAMILY_NAMES)}`;
}

function makeSuppliers(draw: Draw): Cell[][] {
  const [first, second] = SUPPLIER_WORDS;
  return many(COUNTS.suppliers, (id) => [
    id,
    `${first[(id - 1) % first.length]} ${second[Math.floor((id - 1) / first.length) % second.length]}`,
    draw.one(CITIES).country,
    draw.between(1, 5),
  ]);
}

function makeProducts(draw: Draw): Cell[][] {
  return many(COUNTS.products, (id) => {
    const category = (id - 1) % CATEGORIES.length;
    const nouns = CATEGORIES[category]?.nouns ?? [];
    const nth = Math.floor((id - 1) / CATEGORIES.length);
    const name = `${MATERIALS[Math.floor(nth / nouns.length) % MATERIALS.length]} ${nouns[nth % nouns.length]}`;
    const price = cents(draw.between(300, 30_000) / 100);
    const cost = cents(price * (0.4 + draw.below(35) / 100));
    return [id, name, category + 1, draw.between(1, COUNTS.suppliers), price, cost, draw.below(500), draw.chance(0.08)];
  });
}

const JOBS: readonly (readonly [department: string, title: string])[] = [
  ["Sales", "Account Executive"],
  ["Support", "Support Agent"],
  ["Warehouse", "Picker"],
  ["Finance", "Accountant"],
];

function makeEmployees(draw: Draw): Cell[][] {
  return many(COUNTS.employees, (id) => {
    const [department, title] = JOBS[(id - 1) % JOBS.length] ?? ["Sales", "Account Executive"];
    const isHead = id <= JOBS.length;
    const manager = id === 1 ? null : isHead ? 1 : ((id - 1) % JOBS.length) + 1;
    return [id, person(draw), isHead ? `Head of ${department}` : title, department, manager, day(-draw.below(2_500))];
  });
}

function makeCustomers(draw: Draw): Cell[][] {
  return many(COUNTS.customers, (id) => {
    const name = person(draw);
    const { city, country } = draw.one(CITIES);
    const segment = draw.chance(0.7) ? "consumer" : draw.chance(0.7) ? "business" : "school";
    const email = `${name.toLowerCase().replaceAll(" ", ".")}.${id}@example.com`;
    return [id, name, email, city, country, segment, day(draw.below(DAYS) - 365)];
  });
}

function makeOrders(draw: Draw): Cell[][] {
  const sellers = many(COUNTS.employees, (id) => id).filter((id) => (id - 1) % JOBS.length === 0);
  // In the order of their days, as a shop numbers them.
  const days = many(COUNTS.orders, () => draw.below(DAYS)).toSorted((a, b) => a - b);
  return days.map((offset, index) => {
    const isRecent = offset > DAYS - 10;
    const status = draw.chance(0.05) ? "cancelled" : isRecent ? draw.one(["open", "shipped"]) : "delivered";
    const channel = draw.chance(0.6) ? "web" : draw.chance(0.6) ? "store" : "phone";
    return [index + 1, draw.skewed(COUNTS.customers) + 1, draw.one(sellers), day(offset), status, channel];
  });
}

function makeItems(draw: Draw, orders: readonly Cell[][], products: readonly Cell[][]): Cell[][] {
  const items: Cell[][] = [];
  for (const [orderId] of orders) {
    const lines = draw.between(1, 4);
    for (let line = 0; line < lines; line++) {
      const product = products[draw.skewed(products.length)] ?? [];
      const reduced = draw.chance(0.2) ? 0.9 : 1;
      const price = cents(Number(product[4]) * reduced);
      items.push([items.length + 1, orderId ?? null, product[0] ?? null, draw.between(1, 5), price]);
    }
  }
  return items;
}

function makePayments(draw: Draw, orders: readonly Cell[][], items: readonly Cell[][]): Cell[][] {
  const totals = new Map<Cell, number>();
  for (const [, orderId, , quantity, price] of items)
    totals.set(orderId ?? null, (totals.get(orderId ?? null) ?? 0) + Number(quantity) * Number(price));
  const payments: Cell[][] = [];
  for (const [orderId, , , orderedOn, status] of orders) {
    if (status === "cancelled" || draw.chance(0.03)) continue;
    const paid = dayAfter(String(orderedOn), draw.below(30));
    const method = draw.one(["card", "card", "invoice", "transfer", "cash"]);
    payments.push([payments.length + 1, orderId ?? null, paid, method, cents(totals.get(orderId ?? null) ?? 0)]);
  }
  return payments;
}

function makeReturns(draw: Draw, orders: readonly Cell[][], items: readonly Cell[][]): Cell[][] {
  const reasons = ["damaged", "wrong size", "not wanted", "late"];
  const step = Math.floor(items.length / COUNTS.returns);
  return many(COUNTS.returns, (id) => {
    const [itemId, orderId, , quantity, price] = items[(id - 1) * step + draw.below(step)] ?? [];
    const orderedOn = String(orders[Number(orderId) - 1]?.[3]);
    const refund = cents(Number(quantity) * Number(price));
    return [id, itemId ?? null, dayAfter(orderedOn, draw.between(2, 40)), draw.one(reasons), refund];
  });
}

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}
