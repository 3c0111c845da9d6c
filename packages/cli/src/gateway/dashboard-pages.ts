/**
 * The dashboard on the gateway's admin port. Who may come in, from which page and as what, the admin listener has decided before a
 * request is here; so what the dashboard would judge that by is taken from the request, and the decision stands.
 */
import type { AdminApp } from "@recloser/gateway";
import { createDashboard, type Dashboard, type Demonstration } from "@recloser/dashboard";
import type { Recloser } from "recloser";

export interface DashboardPages {
  readonly mount: (recloser: Recloser) => AdminApp;
  /** Ends its streams; idempotent. */
  close(): Promise<void>;
}

const ACTOR = "x-recloser-actor";
// Judged by the admin listener, or meant for it.
const JUDGED = [
  "host",
  "origin",
  "authorization",
  "cookie",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-real-ip",
];

/** @param demo what is to be seen and switched above the breakers */
export function dashboardPages(demo?: Demonstration): DashboardPages {
  const open: Dashboard[] = [];
  const pagesOf = (recloser: Recloser, allowActions: boolean): Dashboard => {
    const pages = createDashboard({ recloser, allowActions, demo, actor: ({ headers }) => headers.get(ACTOR) });
    open.push(pages);
    return pages;
  };
  return {
    mount(recloser) {
      const [operators, viewers] = [pagesOf(recloser, true), pagesOf(recloser, false)];
      return (request, { role, by }) => (role === "operator" ? operators : viewers)(fromHere(request, by));
    },
    async close() {
      await Promise.all(open.map((pages) => pages.close()));
    },
  };
}

function fromHere(request: Request, by: string | null): Request {
  const url = new URL(request.url);
  url.host = "localhost";
  const headers = new Headers(request.headers);
  for (const name of [ACTOR, ...JUDGED]) headers.delete(name);
  // A header takes Latin letters only; who is called otherwise says so on the page.
  if (by !== null && /^[\x20-\x7e]+$/.test(by)) headers.set(ACTOR, by);
  const { method, body, signal } = request;
  return new Request(url, { method, headers, signal, body, ...(body !== null && { duplex: "half" }) });
}
