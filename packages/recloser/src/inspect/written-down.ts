/** What an operator did from outside, in the store's history: no replica hears of it as its own. */
import type { HistoryEvent, StoreHistory } from "../history/history.ts";

// What writes it down is no replica.
const WRITER = "operator";

/** It is done, whether that is written down or not. @param id the same where it is told twice @returns null: nobody keeps it */
export async function writtenDown(
  history: StoreHistory | null,
  namespace: string,
  id: string,
  event: HistoryEvent,
): Promise<boolean | null> {
  if (history === null) return null;
  try {
    await history.note(namespace, { replica: WRITER, report: null, events: [{ id, ageMs: 0, event }], points: [] });
    return true;
  } catch {
    return false;
  }
}
