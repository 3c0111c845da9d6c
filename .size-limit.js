// What each entry of `recloser` may weigh, with all it imports, minified and gzipped. A new entry needs a budget.
// Bundled for the browser on purpose: an entry that reaches node:* fails to bundle, so the library stays portable.
import { entries, publishedPackages } from "./scripts/packages.mjs";

const budgets = {
  // A third of it is the classifier, which every breaker needs to know a failure from a caller's mistake.
  // A fifth of it is what shares a record through a store: without one it costs a download, not a call.
  // A tenth is load: slots, priorities, the queue, pacing. A sixteenth is failover.
  // A fortieth is what operators set for the whole fleet: read, layered under a breaker's own options, ended in time.
  ".": "62.2 kB",
  // A sixth of it is the presets for PostgreSQL, Redis, gRPC and HTTP; a bundler keeps those that are used.
  "./classify": "16 kB",
  // Nine tenths of it are the core: the store of answers is behind a breaker. It knows a failover's error, to answer it.
  "./fallback": "53 kB",
  "./fetch": "21.5 kB",
  "./google": "14.5 kB",
  // A hundredth of both is what makes an event of a stream cheap: a decoder on the fast path, reasons asked for without a generator.
  "./openai": "22.25 kB",
  "./anthropic": "22.25 kB",
  "./ai-sdk": "18 kB",
  "./langchain": "10 kB",
  "./bullmq": "5.5 kB",
  // Structurally typed: prom-client is the user's. A tenth of it is the avoided wait, which knows what failed calls took.
  "./prometheus": "3.9 kB",
  // A class of instruments in the shape of prom-client's, and what both count.
  "./otel": "4.75 kB",
  "./history": "2 kB",
  "./redis": "20.8 kB",
  // Half of it is SQL.
  "./postgres": "23.9 kB",
  // Nearly all of it checks options: the policy that an operator's word is applied with.
  // A sixth is the fleet's policies, a fifth what an operator's word leaves in a history.
  "./inspect": "7.6 kB",
  // Nearly all of it is the classifier, which says what an error inside an answer means.
  "./streams": "18 kB",
};
// A test kit with a real server in it; nobody ships it to a user.
const unbudgeted = new Set(["./testing"]);

const library = publishedPackages().find(({ json }) => json.name === "recloser");

export default entries(library)
  .filter(({ entry }) => !unbudgeted.has(entry))
  .map(({ entry, module }) => {
    const limit = budgets[entry];
    if (limit === undefined) throw new Error(`recloser/${entry} has no size budget; give it one in .size-limit.js`);
    return { name: `recloser${entry.slice(1)}`, path: module, limit, gzip: true, modifyEsbuildConfig: forBrowsers };
  });

function forBrowsers(config) {
  return { ...config, platform: "browser" };
}
