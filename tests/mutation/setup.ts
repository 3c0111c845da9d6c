import fc from "fast-check";

// One seed, so that a score can be had again. No shrinking, and no property for longer than it takes to find what a small
// change breaks: else a file takes hours.
fc.configureGlobal({ seed: 1, endOnFailure: true });
fc.installGlobalPlugin(fc.interruptAfterTimeLimit(2_000));
