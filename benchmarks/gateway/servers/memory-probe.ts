/** Loaded into a gateway that is measured: says what of its heap is alive when it is asked. */
process.on("message", () => {
  // Twice: what a finaliser lets go of is collected by the next one.
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
// The gateway's end is its own business.
process.channel?.unref();
