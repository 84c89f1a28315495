// The routes that the modules' OpenAPI documents have.

const routes = { document: {}, all: [], chosen: undefined };
const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];

/** The operations of a document, as routes: those of the path count for each of its methods, unless the method says otherwise. */
function operations(document) {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => {
      const operation = item[method];
      const parameters = new Map();
      for (const given of [...item.parameters ?? [], ...operation.parameters ?? []]) {
        const parameter = resolved(given, document);
        parameters.set(`${parameter.in} ${parameter.name}`, parameter);
      }
      return { method: method.toUpperCase(), path, operation, parameters: [...parameters.values()] };
    }));
}

async function fetchRoutes() {
  let why = "";
  try {
    const answer = await fetch("/_mik/openapi.json");
    routes.document = answer.ok ? await answer.json() : {};
    if (!answer.ok) why = "Nothing is served yet.";
  } catch {
    return;
  }
  routes.all = operations(routes.document);
  $("no-routes").hidden = routes.all.length > 0;
  $("no-routes").textContent = why || "No module says what it answers: build with mik-sdk's feature `openapi`. Any request can be sent all the same.";
  showRoutes();
}

const routeName = (route) => `${route.method} ${route.path}`;

function showRoutes() {
  const text = $("filter-routes").value.trim().toLowerCase();
  const fits = (route) => `${routeName(route)} ${route.operation.summary ?? ""}`.toLowerCase().includes(text);
  const item = (route) => element("li", {}, element("button", {
    type: "button",
    "aria-pressed": String(routeName(route) === routes.chosen),
    onclick: () => { routes.chosen = routeName(route); fillForm(requestOf(route), route); showRoutes(); },
  }, element("span", { class: "method" }, route.method), element("span", { class: "mono" }, route.path),
  route.operation.summary && element("span", { class: "summary" }, route.operation.summary)));
  const focused = document.activeElement?.closest?.("#routes button")?.textContent;
  $("routes").replaceChildren(...routes.all.filter(fits).map(item));
  if (focused) [...$("routes").querySelectorAll("button")].find((button) => button.textContent === focused)?.focus();
}

/** What a route is to be asked with. */
function requestOf(route) {
  const body = resolved(route.operation.requestBody, routes.document);
  const [type, media] = Object.entries(body.content ?? {})[0] ?? [];
  const headers = type ? [["content-type", type]] : [];
  let text = "";
  if (media) {
    const value = media.example ?? sample(media.schema, routes.document);
    text = typeof value === "string" && !type.includes("json") ? value : JSON.stringify(value, null, 2);
  }
  return { method: route.method, path: route.path, headers, body: text };
}
