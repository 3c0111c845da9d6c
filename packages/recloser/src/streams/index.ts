/**
 * `recloser/streams`: what tells a whole answer of an LLM provider from a cut, empty or failed one while its bytes pass, for
 * programs that make their HTTP requests themselves (a proxy, a gateway). Who uses `fetch` or an SDK has it built in.
 *
 * @example
 * import { ResponseInspector } from "recloser/streams";
 *
 * const url = new URL("https://api.openai.com/v1/chat/completions");
 * const inspect = () => new ResponseInspector({ method: "POST", provider: "openai", url });
 * const answer = breaker.stream(({ signal }) => headThenBytes(url, signal), { inspect });
 */
export { type AnswerHead, type Asked, ResponseInspector } from "./response-inspector.ts";
export type { Sight, StreamInspector } from "./inspector.ts";
