/** The shop's tables, once for both databases: what the generator fills, what the loaders create. */

export type ColumnType = "integer" | "text" | "money" | "date" | "boolean";

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly comment: string;
  readonly nullable?: true;
  /** The table whose `id` it names. */
  readonly references?: string;
}

export interface TableDefinition {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly ColumnDefinition[];
}

const id: ColumnDefinition = { name: "id", type: "integer", comment: "primary key" };
const ref = (name: string, references: string, comment: string): ColumnDefinition => ({
  name,
  type: "integer",
  comment,
  references,
});

/** In the order in which they can be filled: what is referred to comes first. */
export const SHOP: readonly TableDefinition[] = [
  {
    name: "suppliers",
    comment: "companies that products are bought from",
    columns: [
      id,
      { name: "name", type: "text", comment: "company name" },
      { name: "country", type: "text", comment: "where it is seated" },
      { name: "rating", type: "integer", comment: "1 (poor) to 5 (excellent)" },
    ],
  },
  {
    name: "categories",
    comment: "kinds of products",
    columns: [id, { name: "name", type: "text", comment: "such as Kitchen or Garden" }],
  },
  {
    name: "products",
    comment: "what the shop sells",
    columns: [
      id,
      { name: "name", type: "text", comment: "product name" },
      ref("category_id", "categories", "its category"),
      ref("supplier_id", "suppliers", "who supplies it"),
      { name: "price", type: "money", comment: "list price in euros" },
      { name: "cost", type: "money", comment: "what the shop pays for one, in euros" },
      { name: "stock", type: "integer", comment: "pieces in the warehouse" },
      { name: "discontinued", type: "boolean", comment: "no longer sold" },
    ],
  },
  {
    name: "employees",
    comment: "staff of the shop",
    columns: [
      id,
      { name: "name", type: "text", comment: "full name" },
      { name: "title", type: "text", comment: "job title" },
      { name: "department", type: "text", comment: "Sales, Support, Warehouse or Finance" },
      {
        name: "manager_id",
        type: "integer",
        comment: "the employee's manager",
        nullable: true,
        references: "employees",
      },
      { name: "hired_on", type: "date", comment: "first day of work" },
    ],
  },
  {
    name: "customers",
    comment: "people and companies that buy",
    columns: [
      id,
      { name: "name", type: "text", comment: "full name" },
      { name: "email", type: "text", comment: "address for receipts" },
      { name: "city", type: "text", comment: "home town" },
      { name: "country", type: "text", comment: "home country" },
      { name: "segment", type: "text", comment: "consumer, business or school" },
      { name: "joined_on", type: "date", comment: "when the account was opened" },
    ],
  },
  {
    name: "orders",
    comment: "one purchase of a customer",
    columns: [
      id,
      ref("customer_id", "customers", "who ordered"),
      ref("employee_id", "employees", "the sales employee in charge"),
      { name: "ordered_on", type: "date", comment: "day of the order" },
      { name: "status", type: "text", comment: "open, shipped, delivered or cancelled" },
      { name: "channel", type: "text", comment: "web, phone or store" },
    ],
  },
  {
    name: "items",
    comment: "the lines of orders: revenue is quantity × unit_price",
    columns: [
      id,
      ref("order_id", "orders", "the order it is a line of"),
      ref("product_id", "products", "what was ordered"),
      { name: "quantity", type: "integer", comment: "pieces" },
      { name: "unit_price", type: "money", comment: "price of one piece as sold, in euros" },
    ],
  },
  {
    name: "payments",
    comment: "money received for orders",
    columns: [
      id,
      ref("order_id", "orders", "the order that was paid"),
      { name: "paid_on", type: "date", comment: "day of the payment" },
      { name: "method", type: "text", comment: "card, invoice, transfer or cash" },
      { name: "amount", type: "money", comment: "in euros" },
    ],
  },
  {
    name: "returns",
    comment: "order lines that were sent back",
    columns: [
      id,
      ref("item_id", "items", "the order line that came back"),
      { name: "returned_on", type: "date", comment: "day of the return" },
      { name: "reason", type: "text", comment: "damaged, wrong size, not wanted or late" },
      { name: "refund", type: "money", comment: "money given back, in euros" },
    ],
  },
];
