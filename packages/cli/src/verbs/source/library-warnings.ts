/** What the library would warn a process of, the command says itself. */
let areLeftOut = false;

/** Idempotent. */
export function leaveOutWarnings(): void {
  if (areLeftOut) return;
  areLeftOut = true;
  const others = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "RecloserWarning") for (const tell of others) tell(warning);
  });
}
