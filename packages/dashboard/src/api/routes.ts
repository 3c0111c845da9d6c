/** Every path of the API. openapi.json says the same; a test compares them. */
import type { Breaker } from "recloser";
import { actorIn, endHold, enforce, hold, observe, probeNow, reset } from "../actions.ts";
import { wishIn } from "../demo-wish.ts";
import { jsonBody } from "../http/body.ts";
import { Problem } from "../http/problem.ts";
import type { Scene } from "../scene.ts";
import { etagOf } from "../views/breaker-view.ts";
import type { Demonstration } from "../views/demo.ts";
import { type Asked, json, type Route } from "./route.ts";
import { streamResponse } from "./stream.ts";

const EVENTS_MOST = 500;

export function routesOf(scene: Scene): readonly Route[] {
  // What a store tells may be some seconds old where nobody looked: whoever asks once gets the present.
  const looks = looking(scene).map((route) => ({
    ...route,
    answer: async (asked: Asked) => {
      await scene.fresh();
      return route.answer(asked);
    },
  }));
  return [...looks, ...acting(scene), ...demonstrating(scene)];
}

function looking(scene: Scene): readonly Route[] {
  return [
    {
      ...{ method: "GET", path: "breakers", operation: "listBreakers" },
      answer: () => json({ atMs: scene.nowMs(), breakers: scene.breakers(scene.nowMs()) }),
    },
    {
      ...{ method: "GET", path: "breakers/{key}", operation: "getBreaker" },
      answer: ({ key }) => told(scene, existing(scene, key)),
    },
    {
      ...{ method: "GET", path: "records", operation: "listRecords" },
      answer: () => json({ atMs: scene.nowMs(), records: scene.records() }),
    },
    {
      ...{ method: "GET", path: "breakers/{key}/history", operation: "getHistory" },
      answer: async ({ key }) => {
        existing(scene, key);
        return json({ atMs: scene.nowMs(), ...(await scene.history(key)) });
      },
    },
    {
      ...{ method: "GET", path: "breakers/{key}/policy", operation: "getPolicy" },
      answer: ({ key }) => json({ atMs: scene.nowMs(), ...scene.policies.view(existing(scene, key)) }),
    },
    {
      ...{ method: "GET", path: "events", operation: "listEvents" },
      answer: ({ url }) => json({ atMs: scene.nowMs(), events: eventsIn(scene, url) }),
    },
    {
      ...{ method: "GET", path: "audit", operation: "listAudit" },
      answer: () => json({ atMs: scene.nowMs(), events: scene.audit() }),
    },
    {
      ...{ method: "GET", path: "replicas", operation: "listReplicas" },
      answer: () => json({ atMs: scene.nowMs(), replicas: scene.replicas() }),
    },
    {
      ...{ method: "GET", path: "config", operation: "getConfig" },
      answer: ({ role }) => json({ role, ...scene.config() }),
    },
    {
      ...{ method: "GET", path: "stream", operation: "stream" },
      answer: ({ request, role }) => streamResponse(scene.feed, request, role),
    },
  ];
}

function told(scene: Scene, breaker: Breaker): Response {
  const view = scene.view(breaker);
  return json({ atMs: scene.nowMs(), breaker: view, record: scene.record(breaker) }, { etag: etagOf(view) });
}

function eventsIn(scene: Scene, url: URL): readonly unknown[] {
  const after = url.searchParams.get("after");
  if (after === null) return scene.events();
  if (!/^\d{1,16}-\d{1,9}$/.test(after)) throw new Problem(400, "bad-field", "after: expected the id of an event");
  return scene.eventsAfter(after, EVENTS_MOST);
}

function acting(scene: Scene): readonly Route[] {
  const act =
    (does: (breaker: Breaker, body: Readonly<Record<string, unknown>>, by: string) => Promise<void>) =>
    async (asked: Asked): Promise<Response> => {
      const breaker = existing(scene, asked.key);
      checkVersion(asked.request, etagOf(scene.view(breaker)));
      const body = await jsonBody(asked.request);
      await does(breaker, body, actorIn(body, scene.actor(asked.request)));
      await scene.written();
      return told(scene, breaker);
    };
  return [
    { method: "POST", path: "breakers/{key}/override", operation: "holdBreaker", answer: act(hold) },
    { method: "DELETE", path: "breakers/{key}/override", operation: "endHold", answer: act(endHold) },
    {
      ...{ method: "POST", path: "breakers/{key}/observe", operation: "observeBreaker" },
      answer: act((...asked) => observe(scene, ...asked)),
    },
    {
      ...{ method: "DELETE", path: "breakers/{key}/observe", operation: "enforceBreaker" },
      answer: act((...asked) => enforce(scene, ...asked)),
    },
    { method: "POST", path: "breakers/{key}/reset", operation: "resetBreaker", answer: act(reset) },
    { method: "POST", path: "breakers/{key}/probe", operation: "probeBreaker", answer: act(probeNow) },
  ];
}

function demonstrating(scene: Scene): readonly Route[] {
  const there = (): Demonstration => {
    if (scene.demonstration === null) throw new Problem(404, "no-demo", "nothing is demonstrated here");
    return scene.demonstration;
  };
  return [
    {
      ...{ method: "GET", path: "demo", operation: "getDemo" },
      answer: () => json({ atMs: scene.nowMs(), demo: there().view() }),
    },
    {
      ...{ method: "POST", path: "demo", operation: "turnDemo" },
      answer: async ({ request }) => {
        const demo = there();
        demo.turn(wishIn(await jsonBody(request), demo.view()));
        return json({ atMs: scene.nowMs(), demo: demo.view() });
      },
    },
  ];
}

function existing(scene: Scene, key: string): Breaker {
  const breaker = scene.breaker(key);
  if (breaker === null) throw new Problem(404, "no-such-breaker", "there is no breaker of this name");
  return breaker;
}

// What somebody decided on what they saw must not hit what it has become since.
function checkVersion(request: Request, etag: string): void {
  const wanted = request.headers.get("if-match");
  if (wanted === null)
    throw new Problem(428, "version-needed", "say which version this is about: If-Match with the breaker's ETag, or *");
  const names = new Set(wanted.split(",").map((one) => one.trim()));
  if (names.has("*") || names.has(etag)) return;
  throw new Problem(412, "changed-meanwhile", "the breaker has changed since: look again", { etag });
}
