// The views, and what the keys do.

const VIEWS = ["requests", "routes", "modules", "builds"];

/** Shows one of the views. */
function show(view) {
  for (const name of VIEWS) {
    const isShown = name === view;
    $(`view-${name}`).hidden = !isShown;
    $(`tab-${name}`).setAttribute("aria-selected", String(isShown));
    $(`tab-${name}`).tabIndex = isShown ? 0 : -1;
  }
  if (location.hash.slice(1) !== view) history.replaceState(undefined, "", `#${view}`);
  if (view === "requests") { showRequests(); showLatency(); }
  if (view === "modules") fetchModules();
}

const shown = () => VIEWS.find((name) => !$(`view-${name}`).hidden);
const asked = () => (VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "requests");

document.querySelector("[role=tablist]").addEventListener("click", (event) => {
  if (event.target.dataset.view) show(event.target.dataset.view);
});
document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const next = VIEWS[(VIEWS.indexOf(shown()) + by + VIEWS.length) % VIEWS.length];
  show(next);
  $(`tab-${next}`).focus();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && shown() === "requests") {
    if (event.target === $("filter") && $("filter").value) { $("filter").value = ""; showRequests(); } else if (list.chosen !== undefined) choose(undefined);
    return;
  }
  if (event.target.closest("input, select, textarea")) return;
  const keys = { "/": () => $(shown() === "routes" ? "filter-routes" : "filter").focus(), p: () => shown() === "requests" && pause() };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
addEventListener("hashchange", () => show(asked()));
addEventListener("resize", showLatency);

function showConnection() {
  $("connection").className = store.connected ? "live" : "lost";
  $("connection").textContent = store.connected ? "connected" : "the server does not answer; trying again";
}

store.subscribe((told) => {
  if (told.has("connection")) {
    showConnection();
    if (store.connected) { fetchRoutes(); fetchModules(); }
  }
  if (told.has("requests") && shown() === "requests") {
    if (!list.paused) showRequests();
    showLatency();
  }
  if (told.has("builds")) {
    showBuilds();
    fetchRoutes();
    fetchModules();
  }
});

watchRequests();
$("filter-routes").addEventListener("input", showRoutes);
$("form").addEventListener("submit", send);
fillForm(form.request);
show(asked());
setInterval(() => {
  if (shown() === "requests") showLatency();
  if (shown() === "modules") fetchModules();
}, 5000);
listen();
