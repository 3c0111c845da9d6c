/** Which stores there are. */

/** What is expected of a store's URL that has something else, or null if it is right. */
export function wrongStoreUrl(text: string): string | null {
  if (text === "memory:") return null;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? "";
  const later = NOT_YET[scheme];
  if (later !== undefined) return `memory:, redis://…, rediss://… or postgres://…: ${later} is not built yet`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (scheme === "postgres" || scheme === "postgresql")
    return url === null || url.pathname.length < 2 ? "postgres://host:port/database" : null;
  if (url === null || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "" || text.includes(","))
    return text.includes(",") ? "one host: Redis Cluster and several Sentinels are not built yet" : FORMS;
  if (!/^\/?\d{0,5}$/.test(url.pathname)) return "the number of a database after the host, or nothing";
  return null;
}

/** Whether all who use it share what it holds. */
export function isShared(text: string): boolean {
  return text !== "memory:";
}

const FORMS = "memory:, redis://host:port, rediss://host:port (TLS) or postgres://host:port/database";
const NOT_YET: Readonly<Record<string, string>> = {
  "redis-sentinel": "Redis Sentinel",
  "rediss-sentinel": "Redis Sentinel",
  "redis+sentinel": "Redis Sentinel",
  "rediss+sentinel": "Redis Sentinel",
  sentinel: "Redis Sentinel",
  "redis-cluster": "Redis Cluster",
  "rediss-cluster": "Redis Cluster",
  "redis+cluster": "Redis Cluster",
  cluster: "Redis Cluster",
};
