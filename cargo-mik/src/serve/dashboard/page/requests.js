// The list of requests: the newest first, filtered, one of them chosen.

const list = { chosen: undefined, paused: undefined, rows: new Map() };

/** What of a request can be searched. */
const searched = (record) =>
  [record.method, record.path, record.id, record.failure?.code, ...record.lines.map((line) => line.text), ...record.calls.map((call) => call.url)]
    .join("\n").toLowerCase();

function filtered(records) {
  const text = $("filter").value.trim().toLowerCase();
  const status = $("filter-status").value;
  const module = $("filter-module").value;
  const fits = (record) => {
    if (status === "open") return record.state === "in-flight";
    if (status === "failed") return record.failure !== null || record.state === "broken";
    return !status || String(record.status ?? "").startsWith(status);
  };
  return records.filter((record) => fits(record) && (!module || record.module === module) && (!text || searched(record).includes(text)));
}

function rowOf(record) {
  const [word, kind] = outcome(record);
  const cells = [
    element("td", { class: "quiet" }, clock(record.arrived)),
    element("td", { class: "request" }, element("span", { class: "method" }, record.method), ` ${record.path}`),
    element("td", {}, record.module ?? ""),
    element("td", { class: kind }, word),
    element("td", { class: "number" }, time(record.total)),
    element("td", { class: "number" }, time(spent(record, "guest"))),
    element("td", { class: "number" }, time(record.cpu)),
    element("td", { class: "number" }, bytes(record.memory)),
  ];
  return element("tr", { "data-sequence": record.sequence, tabindex: -1, class: record.state === "in-flight" ? "open new" : "new" }, cells);
}

function showRequests() {
  const records = list.paused ?? [...store.requests.values()];
  const shown = filtered(records).sort((one, other) => other.sequence - one.sequence);
  const body = $("requests").tBodies[0];
  const focused = document.activeElement?.closest?.("#requests tr[data-sequence]")?.dataset.sequence;
  const rows = new Map();
  for (const record of shown) {
    // A row that says what it has to is left alone: it may be read, selected, or focused.
    const known = list.rows.get(record.sequence);
    const row = known?.revision === record.revision ? known.row : rowOf(record);
    if (known) row.classList.remove("new");
    row.setAttribute("aria-current", String(record.sequence === list.chosen));
    rows.set(record.sequence, { row, revision: record.revision });
  }
  list.rows = rows;
  const wanted = [...rows.values()].map(({ row }) => row);
  // What is not there any more goes, what is new is put in its place, the rest is not touched.
  const staying = new Set(wanted);
  for (const row of [...body.rows]) if (!staying.has(row)) row.remove();
  wanted.forEach((row, index) => { if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null); });
  const stop = rows.get(list.chosen)?.row ?? wanted[0];
  for (const row of wanted) row.tabIndex = row === stop ? 0 : -1;
  if (focused && document.activeElement === document.body) rows.get(Number(focused))?.row.focus();
  $("none").hidden = records.length > 0;
  const missed = store.missed ? `, ${store.missed} more were too fast to be told` : "";
  $("count").textContent = `${shown.length} of ${records.length}${missed}`;
  showModulesToChoose(records);
  showDetail(list.chosen, () => choose(undefined));
}

function showModulesToChoose(records) {
  const select = $("filter-module");
  const names = [...new Set(records.map((record) => record.module).filter(Boolean))].sort();
  if (select.value && !names.includes(select.value)) names.push(select.value);
  const known = [...select.options].slice(1).map((option) => option.value);
  if (names.join("/") === known.join("/")) return;
  const value = select.value;
  select.replaceChildren(element("option", { value: "" }, "all"), ...names.map((name) => element("option", { value: name }, name)));
  select.value = value;
}

/** Chooses a request, or none. */
function choose(sequence, isFocused = false) {
  const before = list.chosen;
  list.chosen = sequence;
  showRequests();
  const row = list.rows.get(sequence ?? before)?.row;
  if (isFocused || sequence === undefined) row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

/** Goes up or down in the list. */
function step(by) {
  const rows = [...$("requests").tBodies[0].rows];
  const at = rows.findIndex((row) => Number(row.dataset.sequence) === list.chosen);
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next) choose(Number(next.dataset.sequence), true);
}

function pause() {
  list.paused = list.paused ? undefined : [...store.requests.values()];
  $("pause").setAttribute("aria-pressed", String(Boolean(list.paused)));
  $("pause").textContent = list.paused ? "Go on" : "Pause";
  showRequests();
}

function watchRequests() {
  const body = $("requests").tBodies[0];
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-sequence]");
    if (!row) return;
    choose(Number(row.dataset.sequence), true);
    // Where there is no room beside the list it is below.
    if (matchMedia("(max-width: 68rem)").matches) $("detail").scrollIntoView({ block: "start" });
  });
  body.addEventListener("keydown", (event) => {
    const keys = { ArrowDown: () => step(1), ArrowUp: () => step(-1), PageDown: () => step(10), PageUp: () => step(-10),
      Home: () => step(-Infinity), End: () => step(Infinity),
      Enter: () => { choose(Number(event.target.closest("tr").dataset.sequence)); $("detail").querySelector("h2")?.focus(); } };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const id of ["filter", "filter-status", "filter-module"]) {
    $(id).addEventListener("input", () => { showRequests(); showLatency(); });
  }
  $("pause").addEventListener("click", pause);
}
