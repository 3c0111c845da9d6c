/** Jobs of a real BullMQ queue on a real Redis, while their provider is away. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Job, Queue, UnrecoverableError } from "bullmq";
import { type Breaker, createBreaker, createRecloser, type HoldEvent, type PolicyOptions } from "recloser";
import { delayRejected, guardProcessor, type PutBack } from "recloser/bullmq";
import { type Fault, simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Notification, notificationWorker } from "../../examples/fallbacks/notifications.ts";
import { jobQueue, type Note } from "../support/job-queue.ts";
import { plainServer } from "../support/plain-server.ts";
import { hasRedis, redisServer, type RedisServer, startRedis } from "../support/servers/redis.ts";
import "../support/unhandled-rejections.ts";

const canRun = await hasRedis();
let server: RedisServer;
beforeAll(async () => {
  if (canRun) server = await startRedis();
});
afterAll(() => server?.kill());

const DOWN: Fault = { kind: "status", status: 503 };
const policy: PolicyOptions = {
  failureThreshold: 3,
  consecutiveFailures: false,
  failureRate: false,
  shed: { adaptive: false },
  cooldown: { initial: 300, factor: 2, max: 1_000, jitter: 0 },
};

async function providerThat(fault: Fault | null): Promise<SimulatedProvider> {
  const provider = await simulatedProvider({ fault, latency: { answer: 50 } });
  onTestFinished(() => provider.close());
  return provider;
}

const sending =
  (provider: SimulatedProvider) =>
  async (job: Job<Note, string>, _token?: string, signal?: AbortSignal): Promise<string> => {
    const response = await fetch(`${provider.baseUrl}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: job.data.text }] }),
      signal: signal ?? null,
    });
    const body = await response.text();
    if (response.ok) return "sent";
    const headers = Object.fromEntries(response.headers);
    throw Object.assign(new Error(`status ${response.status}`), { status: response.status, headers, body });
  };

async function trip(breaker: Breaker): Promise<void> {
  const down = Object.assign(new Error("down"), { status: 503 });
  for (let i = 0; i < 3; i++) await breaker.execute(() => Promise.reject(down)).catch(() => {});
  expect(breaker.state).toBe("open");
}

function probesOf(breaker: Breaker): string[] {
  const probes: string[] = [];
  breaker.on("probe", ({ result }) => probes.push(result));
  return probes;
}

const attemptsOf = (jobs: readonly Job<Note>[]): number[] => [...new Set(jobs.map(({ attemptsMade }) => attemptsMade))];

describe.runIf(canRun)("While its circuit is open, a job of BullMQ", () => {
  test("waits in the queue: 200 of them lose no attempt, only probes are sent, and all are done afterwards without a stampede", async () => {
    const provider = await providerThat(DOWN);
    const breaker = createBreaker({ name: "notes", ...policy });
    const probes = probesOf(breaker);
    let closedAtMs = 0;
    breaker.on("transition", ({ to }) => (closedAtMs = to === "closed" ? Date.now() : closedAtMs));
    await trip(breaker);
    const guarded = guardProcessor(breaker, sending(provider), { idempotent: true, step: 500 });
    const { add, run, jobs, begun, errors } = jobQueue(server, guarded, { concurrency: 50 });
    await add(200, { attempts: 2 });
    const done = run(200);
    await expect.poll(() => probes.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    const { requests } = provider.stats();
    expect(requests - probes.length).toBeLessThanOrEqual(1); // the one that is under way
    expect(await jobs("failed")).toEqual([]);
    await provider.setFault(null);
    await done;

    const completed = await jobs("completed");
    expect([completed.length, ...attemptsOf(completed)]).toEqual([200, 1]);
    expect(provider.stats().requests).toBe(200 + probes.filter((result) => result === "failed").length);
    // Begun, whether they went back at once or not: had all come back together, it were all of them.
    const soon = begun.filter((atMs) => atMs >= closedAtMs && atMs < closedAtMs + 500);
    expect(soon.length).toBeLessThan(120);
    expect(errors).toEqual([]);
    if (process.env["RECLOSER_FIGURES"] !== undefined)
      console.log({ probes, soon: soon.length, begun: begun.length, peak: provider.stats().peakInFlight });
  });

  test("has lost one attempt if it failed before the circuit opened, and no further one", async () => {
    const provider = await providerThat(DOWN);
    const breaker = createBreaker({ name: "notes", ...policy });
    const guarded = guardProcessor(breaker, sending(provider), { idempotent: true, step: 100 });
    const { add, run, jobs } = jobQueue(server, guarded, { concurrency: 1 });
    breaker.on("probe", ({ result }) => void (result === "failed" && provider.setFault(null)));
    await add(10, { attempts: 2, backoff: 100 });
    await run(10);
    const made = (await jobs("completed")).map(({ attemptsMade }) => attemptsMade).toSorted((a, b) => a - b);
    // Three failures trip; the third is the one that opened it.
    expect(made).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2]);
  });

  test("that must not be sent twice fails when it was the probe, and the others wait", async () => {
    const provider = await providerThat(DOWN);
    const breaker = createBreaker({ name: "payments", ...policy });
    await trip(breaker);
    const { add, run, jobs } = jobQueue(server, guardProcessor(breaker, sending(provider), { step: 100 }));
    breaker.on("probe", ({ result }) => void (result === "failed" && provider.setFault(null)));
    await add(5);
    await run(5);
    const [failed] = await jobs("failed");
    expect(failed?.failedReason).toBe("status 503");
    expect((await jobs("completed")).length).toBe(4);
    expect(provider.stats().requests).toBe(5);
  });

  test("goes back where it provably was not sent, even if it must not be sent twice", async () => {
    const breaker = createBreaker({ name: "payments", ...policy });
    await trip(breaker);
    let tries = 0;
    const pay = async (): Promise<string> => {
      if (++tries > 1) return "paid";
      throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
    };
    const { add, run, jobs } = jobQueue(server, guardProcessor(breaker, pay, { step: 100 }));
    await add(1);
    await run(1);
    expect([tries, (await jobs("completed")).length]).toEqual([2, 1]);
  });

  test("fails for good when it has waited for longer than maxWait, and says so", async () => {
    const breaker = createBreaker({ name: "notes", ...policy });
    await breaker.forceOpen({ by: "test", reason: "closed for good" });
    const putBack: PutBack[] = [];
    const guarded = guardProcessor(breaker, async (_job: Job<Note, string>) => "never", {
      maxWait: 500,
      onPutBack: (_job, one) => putBack.push(one),
    });
    const { add, run, jobs } = jobQueue(server, guarded);
    await add(1, { attempts: 5 });
    await run(1);
    const [failed] = await jobs("failed");
    expect(failed?.failedReason).toMatch(
      /^job \d+ has waited 500 ms \(maxWait\) for the circuit of "notes" to take it$/,
    );
    expect(failed?.attemptsMade).toBe(1);
    // The cooldown's maximum stands for the override's end, but the last try is at the end of its time.
    expect(putBack.length).toBeGreaterThan(0);
    expect(putBack.every(({ delayMs }) => delayMs <= 500)).toBe(true);
  });
});

describe.runIf(canRun)("A job of BullMQ", () => {
  test("that meets a rate limit goes back until the provider's own time, and so do the others", async () => {
    const provider = await providerThat({ kind: "rate-limit", retryAfter: 1 });
    const breaker = createBreaker({ name: "notes", ...policy });
    const guarded = guardProcessor(breaker, sending(provider), { step: 100 });
    const { add, run, jobs } = jobQueue(server, guarded, { concurrency: 5 });
    const held = new Promise<HoldEvent>((resolve) => breaker.on("hold", resolve, { once: true }));
    await add(10);
    const done = run(10);
    const hold = await held;
    await provider.setFault(null);
    await done;
    expect([(await jobs("completed")).length, ...attemptsOf(await jobs("completed"))]).toEqual([10, 1]);
    const between = provider.requests.filter(({ atMs }) => atMs > hold.atMs + 50 && atMs < hold.untilMs - 50);
    expect(between).toEqual([]);
    expect(hold.untilMs - hold.atMs).toBeGreaterThan(500);
  });

  test("that is shed comes back when there is room", async () => {
    const provider = await providerThat(null);
    const breaker = createBreaker({ name: "notes", shed: { maxInFlight: 2 } });
    const guarded = guardProcessor(breaker, sending(provider), { step: 50 });
    const { add, run, jobs } = jobQueue(server, guarded, { concurrency: 10 });
    await add(20);
    await run(20);
    expect([(await jobs("completed")).length, ...attemptsOf(await jobs("completed"))]).toEqual([20, 1]);
    expect(provider.stats().peakInFlight).toBeLessThanOrEqual(2);
  });

  test("keeps its own failures: attempts, backoff and what BullMQ says of them", async () => {
    const breaker = createBreaker({ name: "notes" });
    const errors = [
      Object.assign(new Error("bad request"), { status: 400 }),
      new TypeError("x is not a function"),
      new UnrecoverableError("never again"),
    ];
    for (const [i, error] of errors.entries()) {
      const { add, run, jobs } = jobQueue(
        server,
        guardProcessor(breaker, () => Promise.reject<string>(error)),
      );
      await add(1, { attempts: 2 });
      await run(1);
      const [failed] = await jobs("failed");
      expect([failed?.failedReason, failed?.attemptsMade]).toEqual([error.message, i === 2 ? 1 : 2]);
    }
  });

  test("takes the breaker that its data name", async () => {
    await using recloser = createRecloser({ defaults: policy });
    await trip(recloser.breaker("tenant-1"));
    await recloser.breaker("tenant-1").forceOpen({ by: "test", reason: "away" });
    const guarded = guardProcessor(
      (job: Job<Note, string>) => recloser.breaker(job.data.text === "note 1" ? "tenant-1" : "tenant-2"),
      async () => "sent",
    );
    const { add, run, jobs } = jobQueue(server, guarded);
    await add(3);
    await run(2);
    await expect.poll(async () => (await jobs("delayed")).map(({ data }) => data.text)).toEqual(["note 1"]);
  });

  test("whose calls are guarded inside goes back too when one of them is rejected", async () => {
    const provider = await providerThat(null);
    const breaker = createBreaker({ name: "inside", ...policy });
    await trip(breaker);
    const send = sending(provider);
    const processor = async (job: Job<Note, string>): Promise<string> => {
      try {
        return await breaker.execute(({ signal }) => send(job, undefined, signal));
      } catch (error) {
        throw new Error("the note was not sent", { cause: error });
      }
    };
    const { add, run, jobs } = jobQueue(server, delayRejected(processor, { step: 100 }), { concurrency: 5 });
    await add(10);
    await run(10);
    expect([(await jobs("completed")).length, ...attemptsOf(await jobs("completed"))]).toEqual([10, 1]);
  });

  test("longer than its lock is renewed, and is not given to another worker meanwhile", async () => {
    const breaker = createBreaker({ name: "notes" });
    let begun = 0;
    const slow = guardProcessor(breaker, async (_job: Job<Note, string>) => {
      begun++;
      await sleep(1_500);
      return "sent";
    });
    const { add, run, errors } = jobQueue(server, slow, { lockDuration: 500, stalledInterval: 300 });
    await add(1);
    await run(1);
    expect([begun, errors]).toEqual([1, []]);
  });

  test("is in the queue and nowhere else when its worker closes in the middle of an outage", async () => {
    const breaker = createBreaker({ name: "notes", ...policy });
    await breaker.forceOpen({ by: "test", reason: "away" });
    const guarded = guardProcessor(breaker, async (_job: Job<Note, string>) => "sent", { step: 100 });
    const { add, run, queue, worker, errors } = jobQueue(server, guarded, { concurrency: 10 });
    await add(50);
    const begun = new Promise((resolve) => worker.once("active", resolve));
    void run(50);
    await begun;
    await worker.close();
    const { active = 0, wait = 0, delayed = 0 } = await queue.getJobCounts("active", "wait", "delayed");
    expect([active, wait + delayed, errors]).toEqual([0, 50, []]);
  });

  test("loses neither itself nor an attempt when its Redis is killed while jobs go back, and comes up again", async () => {
    const dir = mkdtempSync(join(tmpdir(), "recloser-jobs-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const durable = await redisServer({ appendonly: "yes", appendfsync: "always", dir });
    const breaker = createBreaker({ name: "notes", ...policy });
    await breaker.forceOpen({ by: "test", reason: "away" });
    let sent = 0;
    const guarded = guardProcessor(breaker, async (_job: Job<Note, string>) => `${++sent}`, { step: 100 });
    // So that what was under way is found soon.
    const soon = { concurrency: 10, lockDuration: 1_000, stalledInterval: 500 };
    const { add, run, jobs, begun, queue } = jobQueue(durable, guarded, soon);
    queue.on("error", () => {}); // the connection, as the worker's own
    await add(50, { attempts: 2 });
    const done = run(50);
    await expect.poll(() => begun.length, { timeout: 10_000 }).toBeGreaterThan(20);
    await durable.restart();
    await breaker.clearOverride({ by: "test" });
    await done;
    expect([(await jobs("completed")).length, ...attemptsOf(await jobs("completed"))]).toEqual([50, 1]);
    expect(sent).toBeGreaterThanOrEqual(50); // a worker that was held up for a lock's time may do one again
  });

  test("ends at the signal of its worker, with its reason", async () => {
    const breaker = createBreaker({ name: "notes" });
    const hangs = guardProcessor(breaker, (job: Job<Note, string>, _token, signal) => {
      worker.cancelJob(job.id as string, "not needed any more");
      return new Promise<string>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    });
    const { add, run, worker, jobs } = jobQueue(server, hangs);
    await add(1);
    await run(1);
    expect((await jobs("failed")).length).toBe(1);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
  });
});

test.runIf(canRun)("The example's notifications all arrive after an outage, once each", async () => {
  let status = 503;
  const mail = await plainServer((response) => void response.writeHead(status).end());
  const breaker = createBreaker({ name: "mail", ...policy });
  await trip(breaker);
  const connection = { host: "127.0.0.1", port: server.port };
  const queue = new Queue<Notification>("mail", { connection });
  const worker = notificationWorker("mail", connection, breaker, mail.url);
  onTestFinished(async () => {
    await worker.close();
    await queue.close();
  });
  const probed = new Promise((resolve) => breaker.on("probe", resolve, { once: true }));
  const jobs = Array.from({ length: 20 }, (_, i) => ({ name: "mail", data: { to: `${i}@example.com`, text: "hi" } }));
  await queue.addBulk(jobs);
  await probed;
  status = 200;
  const refused = mail.received.length;
  await expect.poll(async () => queue.getCompletedCount(), { timeout: 20_000 }).toBe(20);
  const keys = mail.received.slice(refused).map(({ headers }) => headers["idempotency-key"]);
  expect([refused, keys.length, new Set(keys).size]).toEqual([1, 20, 20]);
});
