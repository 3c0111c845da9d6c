/** A target's request with the trace that it belongs to. Source: W3C Trace Context, section 3. */
import type { UpstreamRequest } from "./exchange.ts";

/** @param traceparent null: the target is not told */
export function withTraceContext(request: UpstreamRequest, traceparent: string | null): UpstreamRequest {
  return traceparent === null ? request : { ...request, headers: [...request.headers, "traceparent", traceparent] };
}
