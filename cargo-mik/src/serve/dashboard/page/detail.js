// One request in full.

function facts(record) {
  const instance = { fresh: "made for it", used: "used before" }[record.instance];
  const made = spent(record, "instance");
  const rows = [
    ["Arrived", `${clock(record.arrived)}, from ${record.client}, ${record.version}`],
    ["Id", record.id],
    ["Module", record.module && (record.build ? `${record.module}, build ${record.build}` : record.module)],
    ["Answered", record.total === null ? "not yet" : `in ${time(record.total)}`],
    ["Instance", instance && (made === null ? instance : `${instance} in ${time(made)}`)],
    ["Guest", spent(record, "guest") !== null && `${time(spent(record, "guest"))} until the head`],
    ["CPU", record.cpu !== null && `about ${time(record.cpu)}: the time in which the instance ran and did not wait`],
    ["Memory", record.memory !== null && `${bytes(record.memory)}, the most that its instance has had`],
    ["Bodies", `${bytes(record.received)} in, ${bytes(record.sent)} out`],
  ];
  return element("dl", {}, rows.filter(([, value]) => value).map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function logLines(record) {
  const line = ({ stream, text }) => element("li", { class: stream }, element("span", { class: "stream" }, stream === "stderr" ? "err" : "out"), text);
  if (!record.lines.length) return element("p", { class: "quiet" }, "It has printed nothing.");
  return element("ol", { class: "lines", tabindex: 0, "aria-label": "Log lines" }, record.lines.map(line));
}

function callTable(record) {
  if (!record.calls.length) return element("p", { class: "quiet" }, "It has sent none.");
  const rows = record.calls.map((call) => [
    `${call.method} ${call.url}`,
    [call.allowed ? "good" : "bad", `${call.allowed ? "allowed" : "denied"}: ${call.verdict}`],
    call.error ? ["bad", call.error] : call.status ? String(call.status) : call.allowed ? "…" : "",
    ["number", call.allowed && call.to !== null ? time(call.to - call.from) : ""],
  ]);
  if (record.calls_left_out) rows.push([`${record.calls_left_out} more`, "", "", ""]);
  return table({ class: "calls" }, ["Request", "Policy", "Outcome", ["number", "Time"]], rows);
}

const headerTable = (headers) => table({ class: "headers" }, undefined, headers);

/** A request of the list as one that can be sent again; what is masked is left out, and so is what the connection adds. */
function again(record) {
  const own = ["host", "content-length", "connection", "accept-encoding", "user-agent", "transfer-encoding", "…"];
  const headers = record.request_headers.filter(([name, value]) => !own.includes(name) && !name.startsWith("sec-") && !value.includes("•••"));
  return { method: record.method, path: record.path, headers, body: "" };
}

const detail = { shown: undefined, revision: undefined };

/** Shows a request, unless it is shown as it is. */
function showDetail(sequence, close) {
  const panel = $("detail");
  const record = store.requests.get(sequence);
  panel.hidden = !record;
  if (!record) { detail.shown = undefined; return; }
  if (detail.shown === sequence && detail.revision === record.revision) return;
  const isOther = detail.shown !== sequence;
  const open = new Set(isOther ? [] : [...panel.querySelectorAll("details[open]")].map((part) => part.dataset.name));
  const scrolled = isOther ? 0 : panel.scrollTop;
  detail.shown = sequence;
  detail.revision = record.revision;
  const [word, kind] = outcome(record);
  const folded = (name, ...content) =>
    element("details", { "data-name": name, open: open.has(name) }, element("summary", {}, name), content);
  const copy = copier("Copy as curl", () => curl({ ...again(record), url: location.origin + record.path }));
  panel.replaceChildren(
    element("div", { class: "top" },
      element("h2", { tabindex: -1 }, `${record.method} ${record.path}`),
      element("button", { type: "button", onclick: close, "aria-label": "Close" }, "×")),
    element("p", {}, element("strong", { class: kind }, word)),
    record.failure?.detail ? element("div", { class: "failure" }, element("pre", { tabindex: 0 }, record.failure.detail)) : "",
    element("h3", {}, "Where the time has gone"), waterfall(record),
    facts(record),
    element("h3", {}, "Log"), logLines(record),
    element("h3", {}, "Outbound requests"), callTable(record),
    folded(`Request headers (${record.request_headers.length})`, headerTable(record.request_headers)),
    folded(`Response headers (${record.response_headers.length})`, headerTable(record.response_headers)),
    element("p", { class: "tools" }, copy,
      element("button", { type: "button", onclick: () => { fillForm(again(record)); show("routes"); } }, "Send again…")),
  );
  panel.scrollTop = scrolled;
}
