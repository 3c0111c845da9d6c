/** Why a caller left, as its SDK knows it: Anthropic's helpers abort with the event of their user's signal as the reason. */
export function callerReason(signal: AbortSignal | undefined): unknown {
  const reason: unknown = signal?.reason;
  return reason instanceof Event ? new DOMException("This operation was aborted", "AbortError") : reason;
}
