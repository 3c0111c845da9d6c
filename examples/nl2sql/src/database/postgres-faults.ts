/** Which of PostgreSQL's errors speak of the statement. Source: PostgreSQL, appendix A "Error Codes". */
import { StatementError, type StatementFault } from "./database.ts";

const BY_CODE: Readonly<Record<string, StatementFault>> = {
  "08P01": "wrong", // protocol_violation: a parameter that nobody has given
  "25006": "forbidden", // read_only_sql_transaction
  "42501": "forbidden", // insufficient_privilege
  "53400": "too-large", // configuration_limit_exceeded: temporary files
  "54000": "too-large", // program_limit_exceeded
  "57014": "too-long", // query_canceled, by statement_timeout
};

// Data, syntax and names, features, limits of the statement.
const CLASSES: ReadonlySet<string> = new Set(["0A", "21", "22", "23", "24", "25", "34", "3D", "3F", "42", "54"]);

/** Null for an error that speaks of the server or the connection. */
export function statementFault(error: unknown): StatementError | null {
  if (error instanceof StatementError) return error;
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code !== "string" || code.length !== 5) return null;
  const fault = BY_CODE[code] ?? (CLASSES.has(code.slice(0, 2)) ? "wrong" : null);
  return fault === null ? null : new StatementError(fault, message ?? code, error);
}
