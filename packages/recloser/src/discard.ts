import { looksLikeResponse } from "./classification.ts";

/** Gives back an answer that nobody will read: with its body unread it would keep its connection. */
export function discard(answer: unknown): void {
  if (typeof answer !== "object" || answer === null || !looksLikeResponse(answer)) return;
  try {
    const { body } = answer as { body?: { cancel?(): PromiseLike<void>; destroy?(): void } | null };
    if (typeof body?.cancel === "function") void body.cancel().then(null, () => {});
    else body?.destroy?.();
  } catch {}
}
