/** Which tables a question is about: BM25 over names, comments and values, and what ties those that are found. */
import MiniSearch from "minisearch";
import type { Catalog, CatalogTable } from "../database/catalog.ts";

const MOST_FOUND = 5;

const searches = new WeakMap<Catalog, TableSearch>();

/** The search over a catalog: made once for each. */
export function tableSearch(catalog: Catalog): TableSearch {
  const search = searches.get(catalog) ?? new TableSearch(catalog);
  searches.set(catalog, search);
  return search;
}

class TableSearch {
  readonly #catalog: Catalog;
  readonly #index: MiniSearch<{ id: string; words: string; comments: string; values: string }>;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    this.#index = new MiniSearch({
      fields: ["words", "comments", "values"],
      searchOptions: { prefix: true, fuzzy: 0.2, boost: { words: 3, values: 2 } },
    });
    for (const { name, comment, columns } of catalog.tables.values())
      this.#index.add({
        id: name,
        words: [name, ...columns.map((column) => column.name.replaceAll("_", " "))].join(" "),
        comments: [comment, ...columns.map((column) => column.comment)].join(" "),
        values: columns.flatMap(({ samples }) => samples).join(" "),
      });
  }

  /** Those that the question and its examples are about, with what joins them; all of them where it names nothing known. */
  relevant(question: string, alsoOf: readonly string[] = []): readonly CatalogTable[] {
    const { tables } = this.#catalog;
    const found = this.#index.search(question).slice(0, MOST_FOUND);
    const names = new Set([...found.map(({ id }) => String(id)), ...alsoOf].filter((name) => tables.has(name)));
    if (names.size === 0) return [...tables.values()];
    return closure(names, tables);
  }
}

/** With every table that lies on a shortest way of foreign keys between two of them. */
function closure(names: ReadonlySet<string>, tables: Catalog["tables"]): readonly CatalogTable[] {
  const all = new Set(names);
  const [first, ...others] = names;
  for (const name of others) for (const step of way(first as string, name, tables)) all.add(step);
  return [...tables.values()].filter(({ name }) => all.has(name));
}

function way(from: string, to: string, tables: Catalog["tables"]): readonly string[] {
  const cameFrom = new Map<string, string | null>([[from, null]]);
  for (const [at] of cameFrom) {
    if (at === to) break;
    for (const next of neighbours(at, tables)) if (!cameFrom.has(next)) cameFrom.set(next, at);
  }
  const steps: string[] = [];
  for (let at: string | null | undefined = to; typeof at === "string" && cameFrom.has(at); at = cameFrom.get(at))
    steps.push(at);
  return steps;
}

function neighbours(name: string, tables: Catalog["tables"]): string[] {
  const references = ({ columns }: CatalogTable): string[] =>
    columns.map((column) => column.references).filter((each) => each !== null);
  const table = tables.get(name);
  const outgoing = table === undefined ? [] : references(table);
  const incoming = [...tables.values()].filter((each) => references(each).includes(name));
  return [...outgoing, ...incoming.map((each) => each.name)];
}
