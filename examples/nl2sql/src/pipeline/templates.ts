/** Questions that a program can answer without a model: a form with slots, each filled from a list or with a number. */
import type { Catalog } from "../database/catalog.ts";
import { normalised } from "../retrieval/normalise.ts";

export interface Filled {
  readonly sql: string;
  /** What the form was taken to mean, for people. */
  readonly reading: string;
}

interface Template {
  /** On the normalised question. */
  readonly form: RegExp;
  /** Null where a slot holds what nobody knows. */
  readonly fill: (slots: Readonly<Record<string, string>>, catalog: Catalog) => Filled | null;
}

const REVENUE = "round(sum(i.quantity * i.unit_price), 2)";
const SOLD = "items i join orders o on o.id = i.order_id";
const VALID = "o.status <> 'cancelled'";

const BY: Readonly<Record<string, { readonly join: string; readonly column: string }>> = {
  product: { join: "join products p on p.id = i.product_id", column: "p.name" },
  category: {
    join: "join products p on p.id = i.product_id join categories k on k.id = p.category_id",
    column: "k.name",
  },
  supplier: {
    join: "join products p on p.id = i.product_id join suppliers s on s.id = p.supplier_id",
    column: "s.name",
  },
  customer: { join: "join customers c on c.id = o.customer_id", column: "c.name" },
  country: { join: "join customers c on c.id = o.customer_id", column: "c.country" },
  city: { join: "join customers c on c.id = o.customer_id", column: "c.city" },
  employee: { join: "join employees e on e.id = o.employee_id", column: "e.name" },
  channel: { join: "", column: "o.channel" },
  month: { join: "", column: "date_trunc('month', o.ordered_on)" },
  year: { join: "", column: "date_trunc('year', o.ordered_on)" },
};

const TEMPLATES: readonly Template[] = [
  {
    form: /^(?:how many|number|count) (?<table>[a-z]+)(?: (?:are there|do we have|did we have|exist))?$/,
    fill: ({ table = "" }, { tables }) =>
      tables.has(table)
        ? { sql: `select count(*) as ${table} from ${table}`, reading: `the number of ${table}` }
        : null,
  },
  {
    form: /^(?:top|best) (?<count>\d{1,2}) (?<by>[a-z]+?)(?:ies|s)?(?: by (?:revenue|sales|turnover))?(?: in (?<year>\d{4}))?$/,
    fill: ({ count = "", by = "", year }) => revenueBy(by, Number(count), year),
  },
  {
    form: /^(?:what was |what is )?(?:revenue|sales|turnover)(?: by (?<by>[a-z]+?)s?)?(?: in (?<year>\d{4}))?$/,
    fill: ({ by, year }) => (by === undefined ? revenueIn(year) : revenueBy(by, null, year)),
  },
  {
    form: /^(?:how many )?orders(?: were placed| were there)? in (?<year>\d{4})$/,
    fill: ({ year = "" }) => ({
      sql: `select count(*) as orders from orders where ordered_on between '${year}-01-01' and '${year}-12-31'`,
      reading: `the number of orders of ${year}`,
    }),
  },
];

/** The first template that the question is, filled; null where it is none. */
export function filledTemplate(question: string, catalog: Catalog): Filled | null {
  const asked = normalised(question);
  for (const { form, fill } of TEMPLATES) {
    const found = form.exec(asked);
    if (found === null) continue;
    const slots = Object.fromEntries(Object.entries(found.groups ?? {}).filter(([, value]) => value !== undefined));
    const filled = fill(slots, catalog);
    if (filled !== null) return filled;
  }
  return null;
}

function revenueBy(by: string, most: number | null, year: string | undefined): Filled | null {
  const name = by === "categor" ? "category" : by === "countr" ? "country" : by === "cit" ? "city" : by;
  const way = BY[name];
  if (way === undefined) return null;
  const order = name === "month" || name === "year" ? "1" : "revenue desc, 1";
  return {
    sql: `select ${way.column} as ${name}, ${REVENUE} as revenue from ${SOLD} ${way.join} where ${during(year)} group by 1 order by ${order}${most === null ? "" : ` limit ${most}`}`,
    reading: `revenue by ${name}${ofYear(year)}, without cancelled orders${most === null ? "" : `, the first ${most}`}`,
  };
}

function revenueIn(year: string | undefined): Filled {
  return {
    sql: `select ${REVENUE} as revenue from ${SOLD} where ${during(year)}`,
    reading: `the revenue${ofYear(year)}, without cancelled orders`,
  };
}

function during(year: string | undefined): string {
  return year === undefined ? VALID : `${VALID} and o.ordered_on between '${year}-01-01' and '${year}-12-31'`;
}

function ofYear(year: string | undefined): string {
  return year === undefined ? "" : ` of ${year}`;
}
