/** docs/reference/options.md says of every option what `createPolicy()` and the checks of the calls say. */
import { createBreaker, createRecloser, InvalidOptionError, type PolicyOptions } from "recloser";
import { createFetch } from "recloser/fetch";
import { describe, expect, it } from "vitest";
import { createPolicy, POLICY_OPTION_NAMES } from "../../packages/recloser/src/policy.ts";
import { readRetry } from "../../packages/recloser/src/retry-options.ts";
import { columnOf, plain, rowsOf, sectionOf, sectionsOf } from "./page.ts";

const PAGE = "reference/options.md";
const rows = rowsOf(sectionOf(PAGE, "The policy"), "Range").map((row) => ({
  option: plain(row["Option"] ?? ""),
  type: plain(row["Type"] ?? ""),
  missing: plain(row["Default"] ?? ""),
  range: plain(row["Range"] ?? ""),
}));
const policy = createPolicy();
const withoutStretch = (({ silenceStretches: _silence, probe: { timeoutStretches: _probe, ...probe }, ...rest }) => ({
  ...rest,
  probe,
}))(policy);

/** What a policy says where an option has no default. */
const NONE: Readonly<Record<string, unknown>> = {
  "timeouts.total": policy.timeouts.totalMs,
  "timeouts.firstToken": policy.timeouts.firstTokenMs,
  "timeouts.idle": policy.timeouts.idleMs,
  "shed.maxInFlight": policy.maxInFlight === Infinity ? null : policy.maxInFlight,
  probeWith: policy.probeWith,
  classify: policy.classify,
};

/** What must stand beside a field of an option that has no default of its own. */
const BESIDE: Readonly<Record<string, object>> = { slowCall: { after: "1s", rate: 0.5 }, window: { calls: 10 } };

function given(option: string, value: unknown): PolicyOptions {
  const [name = "", field, inner] = option.split(".");
  if (field === undefined) return { [name]: value };
  return { [name]: { ...BESIDE[name], [field]: inner === undefined ? value : { [inner]: value } } };
}

function refusal(make: () => unknown): InvalidOptionError {
  try {
    make();
  } catch (error) {
    if (InvalidOptionError.is(error)) return error;
    throw error;
  }
  throw new Error("it was taken");
}

const refusalOf = (option: string, value: unknown): InvalidOptionError =>
  refusal(() => createPolicy(given(option, value)));

/** The names a check knows: its refusal of an unknown one lists them. */
function known({ expected }: { expected: string }): string[] {
  return expected.replace(/^.*known here: /, "").split(", ");
}

/** Every option and every field of one, as the code knows them. */
function optionsOfTheCode(): string[] {
  return POLICY_OPTION_NAMES.flatMap((name) => {
    const fields = fieldsOf(name).flatMap((field) =>
      OPTION_WITH_FIELDS.has(field) ? [field, ...fieldsOf(field)] : [field],
    );
    // What has a value of its own beside its fields stands there too.
    const own = fields.length === 0 || OPTION_WITH_FIELDS.has(name);
    return [...(own ? [name] : []), ...fields];
  });
}

const OPTION_WITH_FIELDS: ReadonlySet<string> = new Set(["window", "slowCall", "ramp", "shed.queue"]);

function fieldsOf(option: string): string[] {
  try {
    const refused = refusal(() => createPolicy(given(option, { "no such field": 1 })));
    return refused.option.startsWith(`${option}.`) ? known(refused).map((field) => `${option}.${field}`) : [];
  } catch {
    return [];
  }
}

describe("the table of policy options", () => {
  it("has every option and no other", () => {
    expect(rows.map(({ option }) => option)).toEqual(optionsOfTheCode());
  });

  it.each(rows.filter(({ missing }) => !["none", "required"].includes(missing)))(
    "says the default of $option: given, it changes nothing, but that it no longer stretches",
    ({ option, missing }) => {
      const { silenceStretches, probe, ...rest } = createPolicy(given(option, JSON.parse(missing)));
      const { timeoutStretches, ...probing } = probe;
      // A field of the queue switches it on.
      const { queue } = option.startsWith("shed.queue.") ? createPolicy({ shed: { queue: {} } }) : policy;
      expect({ ...rest, probe: probing }).toEqual({ ...withoutStretch, queue });
      expect(silenceStretches).toBe(option !== "silence");
      expect(timeoutStretches).toBe(option !== "probe.timeout");
    },
  );

  it("says which options have no default", () => {
    const without = rows.filter(({ missing }) => missing === "none").map(({ option }) => option);
    expect(Object.fromEntries(without.map((option) => [option, null]))).toEqual(NONE);
  });

  it("says which fields are required", () => {
    const required = rows.filter(({ missing }) => missing === "required").map(({ option }) => option);
    const refused = ["window.calls", "slowCall.after", "slowCall.rate"].map((option) => refusalOf(option, undefined));
    expect(required).toEqual(refused.map(({ option }) => option));
  });

  it.each(rows)("says the range of $option as its refusal does", ({ option, range }) => {
    const { option: refused, expected } = refusalOf(option, Symbol("never right"));
    expect(refused).toBe(option);
    expect(expected.replace(/:.*| \(.*/, "")).toBe(range);
  });

  it.each(rows)("says whether false switches $option off", ({ option, type }) => {
    let isTaken = true;
    try {
      createPolicy(given(option, false));
    } catch {
      isTaken = false;
    }
    expect(isTaken).toBe(/\bfalse\b|\bboolean\b/.test(type));
  });

  it("has a section for every option", () => {
    const headings = new Set(sectionsOf(PAGE).map(({ heading }) => heading));
    expect(POLICY_OPTION_NAMES.filter((name) => !headings.has(name))).toEqual([]);
  });
});

describe("the table of retry options", () => {
  const retryRows = rowsOf(sectionOf(PAGE, "retry"), "Range").map((row) => ({
    option: plain(row["Option"] ?? ""),
    missing: plain(row["Default"] ?? ""),
    range: plain(row["Range"] ?? ""),
  }));
  const withField = (option: string, value: unknown): object => {
    const [name = "", field] = option.split(".");
    return field === undefined ? { [name]: value } : { [name]: { [field]: value } };
  };

  it("has every option and every field of one", () => {
    const names = known(refusal(() => readRetry({ "no such option": 1 })));
    const budget = known(refusal(() => readRetry({ budget: { "no such field": 1 } }))).map((name) => `budget.${name}`);
    expect(retryRows.map(({ option }) => option)).toEqual([...names, ...budget]);
  });

  it.each(retryRows)("says the default of $option: given, it changes nothing", ({ option, missing }) => {
    expect(readRetry(withField(option, JSON.parse(missing)))).toEqual(readRetry({}));
  });

  it.each(retryRows)("says the range of $option as its refusal does", ({ option, range }) => {
    const { option: refused, expected } = refusal(() => readRetry(withField(option, Symbol("never right"))));
    expect(refused).toBe(`retry.${option}`);
    expect(expected.replace(/:.*| \(.*/, "")).toBe(range);
  });
});

describe("the other tables", () => {
  const breaker = createBreaker();
  const bad = { "no such option": 1 } as never;

  it("have the options of createBreaker beside the policy", () => {
    const own = known(refusal(() => createBreaker(bad))).filter((name) => !POLICY_OPTION_NAMES.includes(name));
    expect(columnOf(sectionOf(PAGE, "createBreaker"), "Option")).toEqual(own);
    expect(rowsOf(sectionOf(PAGE, "createBreaker"), "Option")[0]?.["Default"]).toBe(`\`"${breaker.name}"\``);
  });

  it("have the options of createRecloser", () => {
    expect(columnOf(sectionOf(PAGE, "createRecloser"), "Option")).toEqual(known(refusal(() => createRecloser(bad))));
  });

  it("have the options of execute", async () => {
    const refused = (await breaker.execute(() => 1, bad).catch((error: unknown) => error)) as InvalidOptionError;
    expect(columnOf(sectionOf(PAGE, "execute"), "Option")).toEqual(known(refused));
  });

  it("have the options of stream that execute has not", () => {
    const ofExecute = columnOf(sectionOf(PAGE, "execute"), "Option");
    const refused = refusal(() => breaker.stream(async function* () {}, bad));
    const own = known(refused).filter((name) => !ofExecute.includes(name));
    expect(columnOf(sectionOf(PAGE, "stream"), "Option")).toEqual(own);
  });

  it("have the options of createFetch", () => {
    const refused = refusal(() => createFetch(createRecloser(), bad));
    expect(columnOf(sectionOf(PAGE, "createFetch"), "Option")).toEqual(known(refused));
  });

  it("say what the operators' verbs take", async () => {
    const { text } = sectionOf(PAGE, "Operators");
    for (const verb of ["forceOpen", "clearOverride"] as const) {
      const refused = (await breaker[verb](bad).catch((error: unknown) => error)) as InvalidOptionError;
      const names = known(refused).map((name) =>
        name === "for" || (verb !== "forceOpen" && name === "reason") ? `${name}?` : name,
      );
      expect(text).toContain(`{ ${names.join(", ")} }`);
    }
  });
});
