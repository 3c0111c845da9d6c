// The page. Everything that comes from a server goes in as text.
const $ = (id) => document.getElementById(id);
const IDEAS = 6;
const MOST_ANSWERS = 20;

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
  const cells = (name, values) =>
    values.map((value) => make(name, { text: value === null ? "–" : String(value), className: typeof value }));
  const head = make("thead", {}, make("tr", {}, ...cells("th", columns)));
  const body = make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells("td", row))));
  return make("div", { className: "scroll" }, make("table", {}, head, body));
}

function facts(meta) {
  const parts = [`${meta.durationMs} ms`];
  if (meta.provider !== null) parts.push(meta.simulated ? `${meta.provider} (simulated)` : meta.provider);
  if (meta.repairs > 0) parts.push(`${meta.repairs} repaired`);
  if (meta.verified) parts.push("verified");
  if (meta.explanation === "shed") parts.push("explanation shed");
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

function show(card, answer) {
  const title = make("h2", { text: answer.question });
  const line = make("p", { className: "facts" }, badge(answer.meta.mode), ` ${facts(answer.meta)}`);
  card.replaceChildren(title, line, ...content(answer));
  const mayConfirm = answer.kind === "rows" && !answer.meta.verified && answer.meta.mode !== "template";
  if (mayConfirm) card.append(confirmation(answer));
}

async function ask(question) {
  const card = make("article", {}, make("h2", { text: question }), make("p", { className: "note", text: "asking …" }));
  $("answers").prepend(card);
  while ($("answers").children.length > MOST_ANSWERS) $("answers").lastChild.remove();
  try {
    const answer = await send("/ask", { question });
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

function providerSwitch({ name, fault, calls }, faults) {
  const select = make("select", {}, ...faults.map((each) => new Option(each, each, false, each === fault)));
  select.addEventListener("change", async () => {
    await send("/outage", { provider: name, fault: select.value });
    await refresh();
  });
  const count = make("span", { className: "note", text: `${calls} calls` });
  return make("label", { className: fault === "none" ? "well" : "ill" }, make("span", { text: name }), select, count);
}

function circuit({ name, state, evidence, retryAfterMs }) {
  const wait = retryAfterMs > 0 ? `, next try in ${Math.ceil(retryAfterMs / 1_000)} s` : "";
  const parts = [make("span", { text: name }), make("strong", { className: state, text: state + wait })];
  if (evidence && state !== "closed") parts.push(make("small", { text: evidence }));
  return make("div", { className: "circuit" }, ...parts);
}

async function refresh() {
  const { parts, providers, faults, circuits } = await (await fetch("/state")).json();
  $("outage").hidden = providers.length === 0;
  // A list that somebody has opened must not be taken away.
  if (document.activeElement?.tagName !== "SELECT")
    $("switches").replaceChildren(...providers.map((provider) => providerSwitch(provider, faults)));
  if (circuits.length > 0) $("circuits").replaceChildren(...circuits.map(circuit));
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
