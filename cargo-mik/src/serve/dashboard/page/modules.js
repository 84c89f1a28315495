// The modules that are served, and the builds that there have been.

async function fetchModules() {
  let handlers;
  try {
    const answer = await fetch("/_mik/handlers");
    if (!answer.ok) return;
    ({ handlers } = await answer.json());
  } catch {
    return;
  }
  const state = { loaded: "good", stale: "warn", failed: "bad" };
  const address = (module) => [module.root && "/", module.url].filter(Boolean).join("  and  ");
  const rows = handlers.map((module) => [
    module.name,
    ["mono", address(module)],
    [state[module.state] ?? "quiet", module.state],
    ["mono", module.build ?? ""],
    ["number", bytes(module.code_size)],
    ["number", String(module.traffic.in_flight)],
    [module.traffic.circuit === "closed" ? "quiet" : "bad", module.traffic.circuit],
  ]);
  const filled = table({}, undefined, rows.length ? rows : [[["quiet", "Nothing is served yet."]]]);
  $("modules").tBodies[0].replaceWith(filled.tBodies[0]);
}

const OUTCOMES = { live: ["Live", "good"], unchanged: ["Unchanged", "quiet"], failed: ["Failed", "bad"], cancelled: ["Cancelled", "quiet"] };

function buildItem(build) {
  const [word, kind] = OUTCOMES[build.outcome] ?? [build.outcome, ""];
  const stages = build.stages.filter(([, taken]) => taken >= 1).map(([name, taken]) => `${name} ${Math.round(taken)}`);
  const total = build.stages.reduce((all, [, taken]) => all + taken, 0);
  const rows = build.components.map(({ name, build: of, size, before }) => [
    name,
    ["mono", of ?? ""],
    ["number", size === null ? "" : `${size.toLocaleString("en")} B`],
    before === null || size === null ? "" : [`number ${size > before ? "bad" : size < before ? "good" : "quiet"}`, change(size - before)],
  ]);
  return element("li", { class: "card build" },
    element("div", { class: "top" }, element("strong", { class: kind }, word), element("span", { class: "quiet" }, clock(build.at)),
      total ? element("span", {}, time(total)) : "", stages.length ? element("span", { class: "quiet" }, `${stages.join(", ")} ms`) : ""),
    element("p", { class: "quiet" }, build.cause),
    rows.length ? table({}, ["Component", "Build", ["number", "Size"], ["number", "Since the one before"]], rows) : "",
    build.error ? element("pre", { tabindex: 0 }, build.error) : "");
}

function showBuilds() {
  const all = [...store.builds.values()].sort((one, other) => other.number - one.number);
  $("builds").replaceChildren(...all.map(buildItem));
  $("no-builds").hidden = all.length > 0;
}
