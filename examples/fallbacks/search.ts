/** Search: an answer of an hour ago is better than none, and says how old it is; where there is none, a message does. */
import type { Breaker } from "recloser";
import { type AnswerStore, problemResponse, staleIfError } from "recloser/fallback";

export function searchHandler(breaker: Breaker, url: string, store: AnswerStore): (query: string) => Promise<Response> {
  const hits = staleIfError<string, string[]>({
    store, // new Keyv(new KeyvRedis(url)), or a Map
    key: (query) => query.trim().toLowerCase(),
    ttl: "1h",
    freshFor: "10s",
    namespace: "search",
  });
  const search = async (query: string, signal: AbortSignal): Promise<string[]> => {
    const response = await fetch(`${url}/search?q=${encodeURIComponent(query)}`, { signal });
    if (!response.ok) throw Object.assign(new Error("search failed"), { status: response.status });
    return (await response.json()) as string[];
  };
  return async (query) => {
    try {
      const answer = await hits.execute(breaker, query, ({ signal }) => search(query, signal));
      const headers = { age: String(Math.floor(answer.ageMs / 1_000)) };
      return Response.json({ hits: answer.value, stale: answer.stale }, { headers });
    } catch (error) {
      const detail = "Search is not available. Please try again in a moment.";
      const problem = problemResponse(error, { detail });
      if (problem === null) throw error;
      return problem;
    }
  };
}
