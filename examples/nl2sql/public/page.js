// The page. Everything that comes from a server goes in as text.
const $ = (id) => document.getElementById(id);
const IDEAS = 6;
const MOST_ANSWERS = 20;
const FRACTION = { minimumFractionDigits: 2, maximumFractionDigits: 4 };
// Told apart without colours, too.
const MARKS = { closed: "●", "half-open": "◐", open: "✖" };

function make(name, { text, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

function badge(mode) {
  const element = make("span", { className: "mode", text: mode });
  element.dataset.mode = mode;
  return element;
}

async function send(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

function table({ columns, rows }) {
  // A column of numbers is to the right, its head too; one with fractions has them all alike.
  const kinds = columns.map((_, at) => typeof rows[0]?.[at]);
  const fractions = columns.map((_, at) =>
    rows.some((row) => typeof row[at] === "number" && !Number.isInteger(row[at])),
  );
  const text = (value, at) => {
    if (value === null) return "–";
    return fractions[at] && typeof value === "number" ? value.toLocaleString("en", FRACTION) : String(value);
  };
  const heads = columns.map((name, at) => make("th", { text: name, className: kinds[at], scope: "col" }));
  const cells = (row) => row.map((value, at) => make("td", { text: text(value, at), className: kinds[at] }));
  const head = make("thead", {}, make("tr", {}, ...heads));
  const body = make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells(row))));
  const scroll = make("div", { className: "scroll", tabIndex: 0 }, make("table", {}, head, body));
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", "Rows");
  return scroll;
}

function facts(meta) {
  const parts = [`${meta.durationMs} ms`];
  if (meta.provider !== null) parts.push(meta.simulated ? `${meta.provider} (simulated)` : meta.provider);
  if (meta.repairs > 0) parts.push(`${meta.repairs} repaired`);
  if (meta.verified) parts.push("verified");
  if (meta.explanation === "shed") parts.push("explanation shed");
  if (meta.explanation === "failed") parts.push("explanation failed");
  return parts.join(" · ");
}

function buttons(questions) {
  const list = questions.map((question) =>
    make("button", { type: "button", text: question, onclick: () => void ask(question) }),
  );
  return make("div", { className: "buttons" }, ...list);
}

function content(answer) {
  const parts = [];
  if (answer.message !== undefined) parts.push(make("p", { text: answer.message }));
  if (answer.explanation) parts.push(make("p", { className: "explanation", text: answer.explanation }));
  if (answer.kind === "rows") {
    parts.push(answer.rows.length === 0 ? make("p", { text: "There are no such rows." }) : table(answer));
    if (answer.truncated) parts.push(make("p", { className: "note", text: "There are more rows than are shown." }));
    for (const assumption of answer.assumptions) parts.push(make("p", { className: "note", text: assumption }));
    parts.push(make("details", {}, make("summary", { text: "SQL" }), make("pre", { text: answer.sql })));
  }
  for (const note of answer.meta.notes) parts.push(make("p", { className: "note", text: note }));
  if (answer.readings) parts.push(buttons(answer.readings));
  if (answer.suggestions.length > 0 && answer.kind !== "rows") {
    parts.push(
      make("p", { className: "note", text: "Saved questions that are like it:" }),
      buttons(answer.suggestions),
    );
  }
  return parts;
}

function confirmation(answer) {
  const right = make("button", { type: "button", text: "This is right: save it" });
  right.addEventListener("click", async () => {
    const { verified } = await send("/feedback", { question: answer.question });
    right.replaceWith(make("span", { className: "note", text: verified ? "saved" : "could not be saved" }));
  });
  return right;
}

/** Marks the step of the ladder, and says in a sentence what a reader of the screen would else have to look for. */
function tell({ question, meta: { mode, durationMs } }) {
  for (const step of $("ladder").children) {
    if (step.dataset.mode === mode) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
  $("said").textContent = `${question}: ${mode}, after ${durationMs} ms`;
}

function show(card, answer) {
  card.dataset.mode = answer.meta.mode;
  tell(answer);
  const title = make("h2", { text: answer.question });
  const line = make("p", { className: "facts" }, badge(answer.meta.mode), ` ${facts(answer.meta)}`);
  card.replaceChildren(title, line, ...content(answer));
  const mayConfirm = answer.kind === "rows" && !answer.meta.verified && answer.meta.mode !== "template";
  if (mayConfirm) card.append(confirmation(answer));
}

async function ask(question) {
  $("answers").querySelector(".empty")?.remove();
  const card = make("article", {}, make("h2", { text: question }), make("p", { className: "note", text: "asking …" }));
  $("answers").prepend(card);
  while ($("answers").children.length > MOST_ANSWERS) $("answers").lastChild.remove();
  try {
    const answer = await send("/ask", { question, mayQueue: $("may-queue").checked });
    if (answer.meta === undefined) throw new Error(answer.detail);
    show(card, answer);
    if (answer.kind === "queued") await follow(card, answer);
  } catch (error) {
    card.lastChild.textContent = `The application does not answer (${error.message}).`;
  }
  await refresh();
}

async function follow(card, { jobId, question }) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const job = await (await fetch(`/jobs/${jobId}`)).json();
    if (job.state === "done") return show(card, { ...job.answer, question });
    if (job.state !== "waiting") return card.append(make("p", { text: job.message ?? "The question is lost." }));
  }
}

/** Made once: a list that somebody has opened or stands on must not be taken away. */
function providerSwitch({ name }, faults) {
  const select = make(
    "select",
    { name },
    ...faults.map((each) => new Option(each === "none" ? "healthy" : each, each)),
  );
  select.setAttribute("aria-label", `Fault of ${name}`);
  select.addEventListener("change", async () => {
    await send("/outage", { provider: name, fault: select.value });
    await refresh();
  });
  const row = make(
    "div",
    { className: "switch" },
    make("span", { text: name }),
    select,
    make("span", { className: "note" }),
  );
  row.dataset.provider = name;
  return row;
}

function updateSwitch({ name, fault, calls }) {
  const row = $("switches").querySelector(`[data-provider="${CSS.escape(name)}"]`);
  const select = row.querySelector("select");
  if (document.activeElement !== select) select.value = fault;
  row.classList.toggle("ill", fault !== "none");
  row.lastChild.textContent = calls === 1 ? "1 call" : `${calls} calls`;
}

function circuit({ name, state, evidence, retryAfterMs }) {
  const wait = retryAfterMs > 0 ? `, next try in ${Math.ceil(retryAfterMs / 1_000)} s` : "";
  const parts = [
    make("span", { text: name }),
    make("strong", { className: state, text: `${MARKS[state]} ${state}${wait}` }),
  ];
  if (evidence && state !== "closed") parts.push(make("small", { text: evidence }));
  return make("div", { className: "circuit" }, ...parts);
}

async function refresh() {
  const { parts, dashboard, providers, faults, circuits } = await (await fetch("/state")).json();
  $("outage").hidden = providers.length === 0;
  if ($("switches").children.length === 0)
    $("switches").append(...providers.map((provider) => providerSwitch(provider, faults)));
  providers.forEach(updateSwitch);
  if (circuits.length > 0) $("circuits").replaceChildren(...circuits.map(circuit));
  $("dashboard").hidden = dashboard === null;
  if (dashboard !== null) $("dashboard").firstChild.href = dashboard;
  const lines = Object.entries(parts).flatMap(([name, what]) => [
    make("dt", { text: name }),
    make("dd", { text: what }),
  ]);
  $("parts").replaceChildren(...lines);
}

$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = $("question").value.trim();
  if (question !== "") void ask(question);
});

const samples = await (await fetch("/samples")).json();
$("samples").append(...samples.map((question) => new Option(question)));
$("ideas").append(...buttons(samples.slice(0, IDEAS)).children);
await refresh();
setInterval(() => void refresh().catch(() => {}), 1_000);
