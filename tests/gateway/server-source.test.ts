/** The command line's view of a server that runs: a real dashboard on a real port, through a network that can be broken. */
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ChangeEvent } from "../../packages/cli/src/verbs/changes.ts";
import { follow } from "../../packages/cli/src/verbs/follow.ts";
import { ServerSource } from "../../packages/cli/src/verbs/server/server-source.ts";
import { type DashboardRig, dashboardRig, makeCalls, times } from "../support/dashboard-rig.ts";
import { tcpProxy } from "../support/servers/tcp-proxy.ts";
import { fixture } from "../support/servers/tls.ts";

const DEFAULTS = { failureRate: 0.5, minimumCalls: 4, cooldown: { initial: "60s" } } as const;
const ALICE = { by: "alice" } as const;

async function sourceAt(url: string, limitMs = 10_000, token: string | null = null): Promise<ServerSource> {
  const source = await ServerSource.open({}, { url: new URL(url), token, tokenFile: null, limitMs });
  onTestFinished(() => source.close());
  return source;
}

function rigged(): Promise<DashboardRig> {
  return dashboardRig({ allowActions: true }, { defaults: DEFAULTS });
}

/** A server that answers as it is told. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("A server that runs, as a source", () => {
  test("tells of breakers as a store does, and does what an operator says", async () => {
    const { recloser, url } = await rigged();
    const source = await sourceAt(url);
    await makeCalls(recloser, "openai", times(4, "503" as const));
    const { records } = await source.read();
    expect(records).toMatchObject([
      { name: "openai", state: "open", effectiveState: "open", rules: { minimumCalls: 4 }, evidence: { calls: 4 } },
    ]);
    const held = await source.operate("openai", { type: "force-closed", ...ALICE, reason: "drill", for: 90_000 });
    expect(held.before?.effectiveState).toBe("open");
    expect(held.after).toMatchObject({ effectiveState: "closed", override: { by: "alice", reason: "drill" } });
    expect((held.after.override?.untilMs ?? 0) - held.nowMs).toBeGreaterThan(80_000);
    await source.read();
    expect((await source.operate("openai", { type: "clear-override", ...ALICE })).changed).toBe(true);
    await source.read();
    expect((await source.operate("openai", { type: "clear-override", ...ALICE })).changed).toBe(false);
    await source.read();
    expect((await source.operate("openai", { type: "probe-now", ...ALICE })).after.state).toBe("half-open");
    await source.read();
    expect((await source.operate("openai", { type: "reset", ...ALICE })).after.state).toBe("closed");
  });

  test("is not acted on when the breaker has changed since it was looked at: nothing is done, and that is said", async () => {
    const { recloser, url } = await rigged();
    const source = await sourceAt(url);
    const breaker = recloser.breaker("openai");
    await source.read();
    await breaker.forceOpen({ by: "bob", reason: "was faster" });
    await expect(source.operate("openai", { type: "reset", ...ALICE })).rejects.toMatchObject({
      exitCode: 1,
      message:
        '"openai" has changed since it was looked at: it is held open now\nNothing was done to it. Look (recloser status), and decide again.',
    });
    expect(breaker.snapshot().override?.by).toBe("bob");
    // It has looked by now.
    await source.operate("openai", { type: "clear-override", ...ALICE });
    expect(breaker.state).toBe("closed");
  });

  test("ends with 6 for a breaker that it does not have", async () => {
    const source = await sourceAt((await rigged()).url);
    const unknown = source.operate("mistral", { type: "force-open", ...ALICE, reason: "drill" });
    await expect(unknown).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringContaining('no breaker "mistral"'),
    });
  });

  test("that only looks says so with 4, and what would make it act", async () => {
    const source = await sourceAt((await dashboardRig()).url);
    await expect(source.operate("openai", { type: "reset", ...ALICE })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining("it was started without --allow-actions"),
    });
  });

  test("is found below the path where it is mounted", async () => {
    const { url, recloser } = await dashboardRig({ basePath: "/ops/breakers" });
    recloser.breaker("openai");
    expect((await (await sourceAt(url)).read()).records.map(({ name }) => name)).toEqual(["openai"]);
  });
});

describe("What happens is told by the server", () => {
  async function followed(source: ServerSource) {
    const told: ChangeEvent[] = [];
    let [looks, losses] = [0, 0];
    const over = new AbortController();
    const following = follow(
      source,
      {
        seen: (_, changes) => {
          looks++;
          told.push(...(changes ?? []));
          return false;
        },
        lost: () => void losses++,
      },
      over.signal,
    );
    onTestFinished(async () => {
      over.abort();
      await following;
    });
    await vi.waitFor(() => expect(looks).toBeGreaterThan(0), 10_000);
    return { told, looks: () => looks, losses: () => losses };
  }
  const modes = (told: readonly ChangeEvent[]): string[] =>
    told.map((change) => (change.type === "override" ? `${change.mode} by ${change.by}` : change.type));

  test("each once and none left out over connections that break, though between them nobody looked", async () => {
    const { recloser, url } = await rigged();
    const proxy = await tcpProxy(Number(new URL(url).port));
    onTestFinished(() => proxy.close());
    const breaker = recloser.breaker("openai");
    const { told } = await followed(await sourceAt(`http://127.0.0.1:${proxy.port}/`));
    const expected: string[] = [];
    for (const round of [1, 2, 3]) {
      await breaker.forceOpen({ by: `open${round}`, reason: "drill" });
      expected.push(`force-open by open${round}`);
      await vi.waitFor(() => expect(modes(told)).toEqual(expected), 10_000);
      proxy.set({ kind: "reset" });
      // Two looks would show nothing of it.
      await breaker.clearOverride({ by: `clear${round}` });
      await breaker.reset({ by: `reset${round}` });
      proxy.set(null);
      expected.push(`clear by clear${round}`, `reset by reset${round}`);
    }
    await vi.waitFor(() => expect(modes(told)).toEqual(expected), 10_000);
  });

  test("a server that dies is told as lost, and followed again when another one is there", async () => {
    const first = await rigged();
    const lastIds: unknown[] = [];
    let port = Number(new URL(first.url).port);
    const { told, looks, losses } = await followed(
      await sourceAt(
        await answering((request, response) => {
          if (request.url?.endsWith("/stream") === true) lastIds.push(request.headers["last-event-id"]);
          void fetch(`http://127.0.0.1:${port}${request.url}`, { headers: { host: "localhost" } })
            .then(async (answer) => {
              response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
              response.flushHeaders();
              for await (const chunk of answer.body ?? []) response.write(chunk);
              response.end();
            })
            .catch(() => response.destroy());
        }),
      ),
    );
    await first.recloser.breaker("openai").forceOpen({ by: "alice", reason: "drill" });
    await vi.waitFor(() => expect(modes(told)).toEqual(["force-open by alice"]), 10_000);
    await first.die();
    await vi.waitFor(() => expect(losses()).toBeGreaterThan(0), 10_000);
    const second = await rigged();
    port = Number(new URL(second.url).port);
    const before = looks();
    await vi.waitFor(() => expect(looks()).toBeGreaterThan(before), 10_000);
    // Where it stood, for a server that still knows what came after; this one does not.
    expect(lastIds[0]).toBeUndefined();
    expect(lastIds.at(-1)).toMatch(/^[0-9a-f]+:\d+$/);
    await second.recloser.breaker("openai").forceOpen({ by: "bob", reason: "drill" });
    await vi.waitFor(() => expect(modes(told)).toEqual(["force-open by alice", "force-open by bob"]), 10_000);
  });
});

describe("What is wrong is told with what to do, and nothing is waited for longer than its limit", () => {
  const refusal = async (url: string, limitMs = 10_000): Promise<unknown> =>
    (await sourceAt(url, limitMs)).read().catch((error: unknown) => error);

  test("a server that hangs before its answer, or in the middle of it", async () => {
    const silent = await answering(() => {});
    const halfway = await answering((_, response) => void response.writeHead(200).write('{"atMs":1,'));
    for (const url of [silent, halfway])
      expect(await refusal(url, 200)).toMatchObject({ exitCode: 5, message: expect.stringContaining("within 0.2 s") });
  });

  test("a word that may have been heard by a server that did not answer", async () => {
    const source = await sourceAt(await answering(() => {}), 200);
    await expect(source.operate("openai", { type: "reset", ...ALICE })).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("Nobody knows whether it was done"),
    });
  });

  test("a page, other JSON, a redirect, and a service that speaks no HTTP", async () => {
    const page = await answering((_, response) => void response.setHeader("content-type", "text/html").end("<p>hello"));
    expect(await refusal(page)).toMatchObject({
      exitCode: 5,
      message: expect.stringMatching(/text\/html\nThat is no admin/),
    });
    const other = await answering(
      (_, response) => void response.end('{"atMs":1,"records":[{"etag":"x","record":{}}]}'),
    );
    expect(await refusal(other)).toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("JSON of another kind"),
    });
    const elsewhere = await answering(
      (_, response) => void response.writeHead(302, { location: "https://ops/" }).end(),
    );
    expect(await refusal(elsewhere)).toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("--server https://ops/"),
    });
    const proxy = await tcpProxy(Number(new URL(page).port));
    onTestFinished(() => proxy.close());
    proxy.set({ kind: "garbage" });
    expect(await refusal(`http://127.0.0.1:${proxy.port}/`)).toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("speaks no HTTP"),
    });
  });

  test("a token goes to the place that was named, and to no other", async () => {
    const asked: (string | undefined)[] = [];
    const thief = await answering(
      (request, response) => void response.end(String(asked.push(request.headers.authorization))),
    );
    const place = await answering((_, response) => void response.writeHead(307, { location: thief }).end());
    const source = await sourceAt(place, 10_000, "canary");
    await expect(source.read()).rejects.toMatchObject({ exitCode: 5 });
    expect(asked).toEqual([]);
  });

  test("a certificate that nobody vouches for is refused, and says how an authority is added", async () => {
    const server = createTlsServer({
      cert: readFileSync(fixture("server.pem")),
      key: readFileSync(fixture("server.key")),
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await refusal(url)).toMatchObject({ exitCode: 5, message: expect.stringContaining("NODE_EXTRA_CA_CERTS=") });
    const inClear = await refusal((await rigged()).url.replace("http:", "https:"));
    expect(inClear).toMatchObject({ exitCode: 5, message: expect.stringContaining("It speaks no TLS: http://") });
  });

  test("a token is read from standard input, and is never repeated", async () => {
    const dashboard = await dashboardRig({ tokens: { viewer: "a-viewer-of-sixteen" }, allowActions: true });
    const url = new URL(dashboard.url);
    const opened = (text: string): Promise<ServerSource> =>
      ServerSource.open(
        { stdin: Object.assign(new PassThrough().end(text), { isTTY: false }) as unknown as NodeJS.ReadStream },
        { url, token: "over this", tokenFile: "-", limitMs: 10_000 },
      );
    const source = await opened("a-viewer-of-sixteen\n");
    onTestFinished(() => source.close());
    await expect(source.read()).resolves.toMatchObject({ records: [] });
    const acting = source.operate("openai", { type: "reset", ...ALICE });
    await expect(acting).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining("operator's token") });
    const wrong = await opened("canary-of-sixteen\n");
    onTestFinished(() => wrong.close());
    await expect(wrong.read()).rejects.toMatchObject({ exitCode: 4, message: expect.not.stringContaining("canary") });
    await expect(opened("can ary")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.not.stringContaining('ary"'),
    });
    await expect(opened("")).rejects.toMatchObject({ exitCode: 2 });
  });
});
