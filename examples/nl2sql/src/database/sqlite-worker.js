/**
 * The thread that runs statements on the in-memory SQLite. It is ended when a statement takes too long: a running
 * statement cannot be told to stop. JavaScript, since Node 20 starts no thread from TypeScript.
 */
import { parentPort, workerData } from "node:worker_threads";
import initSqlJs from "sql.js";
import { registerFunctions } from "./sqlite-functions.js";

const { snapshot, limits } = /** @type {{ snapshot: Uint8Array, limits: { rows: number, bytes: number } }} */ (
  workerData
);
const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);

// What is run is a query by its first word; WITH may still begin a write, which its program shows.
const QUERY = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:select|with|values)\b/i;
const NOTHING = /^(?:\s+|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/;
const HEAP_BYTES = 268_435_456;

const { Database } = await initSqlJs();
const database = new Database(snapshot);
registerFunctions(database);
database.run(`pragma hard_heap_limit = ${HEAP_BYTES}`);
database.run("pragma query_only = 1");
port.postMessage({ ready: true });

port.on("message", (/** @type {{ id: number, sql: string }} */ { id, sql }) => {
  try {
    port.postMessage({ id, rows: run(sql) });
  } catch (error) {
    const { message, fault = "wrong" } = /** @type {Error & { fault?: string }} */ (error);
    port.postMessage({ id, fault, message: message || "the statement needs too much memory" });
  }
});

/** @param {string} sql */
function run(sql) {
  if (!QUERY.test(sql)) throw forbidden("only a query may be run");
  const statements = database.iterateStatements(sql)[Symbol.iterator]();
  const { value: statement, done } = statements.next();
  if (done === true) throw forbidden("there is no statement");
  try {
    // Not even prepared: a PRAGMA takes effect there.
    if (!NOTHING.test(statements.getRemainingSQL())) throw forbidden("only one statement may be run");
    refuseWrites(sql);
    return rowsOf(statement);
  } finally {
    statement.free();
  }
}

// Whether a statement writes is asked of SQLite itself, by its program: EXPLAIN runs nothing.
/** @param {string} sql one statement */
function refuseWrites(sql) {
  for (const { columns, values } of database.exec(`explain ${sql}`)) {
    const opcode = columns.indexOf("opcode");
    const p2 = columns.indexOf("p2");
    for (const row of values)
      if (row[opcode] === "OpenWrite" || (row[opcode] === "Transaction" && row[p2] !== 0))
        throw forbidden("the statement would write");
  }
}

function rowsOf(statement) {
  const columns = statement.getColumnNames();
  const rows = [];
  let bytes = 0;
  while (statement.step()) {
    const row = statement.get().map((value) => (value instanceof Uint8Array ? null : value));
    for (const value of row) bytes += String(value).length;
    if (rows.length === limits.rows || bytes > limits.bytes) return { columns, rows, truncated: true };
    rows.push(row);
  }
  return { columns, rows, truncated: false };
}

/** @param {string} message */
function forbidden(message) {
  return Object.assign(new Error(message), { fault: "forbidden" });
}
