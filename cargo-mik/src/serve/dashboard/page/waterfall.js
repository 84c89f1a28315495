// One request's time, part by part, and the requests that its guest has sent meanwhile.

const PARTS = {
  held: ["held", "waited for the build"],
  compiling: ["compiling", "waited for its module to be compiled"],
  queued: ["queued", "waited for its turn"],
  instance: ["instance", "its instance was made"],
  guest: ["guest", "the handler, until the head of its answer"],
  body: ["body", "the answer's body, until its last byte"],
};

/** What there is to draw of a request: [class, name, from, to, words]; nothing for `to` while it lasts. */
function bars(record) {
  const parts = record.spans.map(({ name, from, to }) => [name, ...PARTS[name] ?? [name, name], from, to])
    .map(([kind, name, words, from, to]) => [kind, name, from, to, words]);
  const calls = record.calls.map((call) => {
    const kind = call.allowed ? "call" : "call denied";
    return [kind, `→ ${host(call.url)}`, call.from, call.to, `${call.method} ${call.url}: ${call.verdict}`];
  });
  return [...parts, ...calls].sort((one, other) => one[2] - other[2]);
}

function host(url) {
  try { return new URL(url).host; } catch { return url; }
}

function waterfall(record) {
  const all = bars(record);
  const ends = all.map(([, , from, to]) => to ?? from);
  const total = Math.max(0.001, record.total ?? 0, ...ends);
  const chart = element("div", { class: "waterfall", role: "list", "aria-label": "Where the time has gone" });
  for (const [kind, name, from, to, words] of all) {
    const taken = kind.endsWith("denied") ? "denied" : to === null ? "…" : time(to - from);
    const bar = element("span", { class: `bar ${kind}${to === null ? " lasts" : ""}` });
    bar.style.left = `${Math.min(99.5, (from / total) * 100)}%`;
    bar.style.width = `${(((to ?? total) - from) / total) * 100}%`;
    const title = `${words}: ${taken}, from ${time(from) || "the beginning"} on`;
    chart.append(element("span", { class: "name", title, role: "listitem", "aria-label": title }, name),
      element("span", { class: "track", "aria-hidden": true }, bar), element("span", { class: "number", "aria-hidden": true }, taken));
  }
  return chart;
}
