const page = document.documentElement.dataset;
const now = document.getElementById("now");
const framed = window.parent !== window;
const says = (text) => {
  now.textContent = text;
};
const told = (build) => {
  if (page.kind === "failure-once" && build.good !== page.good) {
    return says("A new version is live: send the request again.");
  }
  // Over a page of the handler's, it is that page which is loaded anew.
  if (build.good && build.good !== page.good && !framed) return location.reload();
  if (page.kind === "build" && build.broken && build.broken !== page.broken) return location.reload();
  if (build.building) return says("Building…");
  if (build.broken && page.kind !== "build") return says("The build has failed; this version goes on serving.");
  says("Waiting for a change.");
};
if (framed) {
  addEventListener("message", (event) => event.source === parent && event.origin === location.origin && told(event.data));
  const hide = document.getElementById("hide");
  const close = () => parent.postMessage("hide", location.origin);
  hide.hidden = false;
  hide.addEventListener("click", close);
  addEventListener("keydown", (event) => event.key === "Escape" && close());
  parent.postMessage("ready", location.origin);
} else {
  listen(told, () => says("The server does not answer."));
}
