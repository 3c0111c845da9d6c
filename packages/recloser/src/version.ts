/** This library's version, so that a fleet's replicas can be told apart by it. A test compares it with package.json. */
export const VERSION = "0.0.0";
