// A request to be sent: by a route, or any.

const ANSWER_MOST = 256 * 1024;
const form = { request: { method: "GET", path: "/", headers: [], body: "" }, route: undefined };

/** Puts a request into the form; the parameters of its route get fields of their own. */
function fillForm(request, route) {
  form.route = route;
  const parameters = (route?.parameters ?? []).filter((parameter) => ["path", "query", "header"].includes(parameter.in));
  const field = (parameter) => {
    const given = sample(parameter.schema ?? {}, routes.document);
    const value = parameter.example ?? (parameter.required || parameter.in === "path" ? given : undefined);
    const input = element("input", {
      "data-in": parameter.in, "data-name": parameter.name, placeholder: `${parameter.in}${parameter.required ? "" : ", may be left out"}`,
      value: value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value), spellcheck: "false",
    });
    input.addEventListener("input", showTarget);
    const needed = parameter.required && element("span", { class: "needed", "aria-hidden": true }, " *");
    return element("label", {}, element("span", {}, parameter.name, needed, parameter.description ? `: ${parameter.description}` : ""), input);
  };
  const method = element("select", { id: "method", "aria-label": "Method" }, METHODS.map((name) => element("option", {}, name.toUpperCase())));
  if (![...method.options].some((option) => option.value === request.method)) method.append(element("option", {}, request.method));
  method.value = request.method;
  const headers = request.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  $("form").replaceChildren(
    element("h2", {}, route ? route.operation.summary ?? routeName(route) : "A request"),
    route?.operation.description ? element("p", { class: "quiet" }, route.operation.description) : "",
    element("div", { class: "target" }, method, element("input", { id: "target", "aria-label": "Path and query", value: request.path, spellcheck: "false" })),
    parameters.length ? element("fieldset", {}, element("legend", {}, "Parameters"), parameters.map(field)) : "",
    element("label", {}, "Headers, one in each line", element("textarea", { id: "headers", rows: Math.max(2, request.headers.length + 1), spellcheck: "false", value: headers })),
    element("label", {}, "Body", element("textarea", { id: "body", rows: Math.min(14, Math.max(3, request.body.split("\n").length + 1)), spellcheck: "false", value: request.body })),
    element("div", { class: "actions" }, element("button", { class: "main" }, "Send"), copier("Copy as curl", () => { const { target, ...rest } = typed(); return curl({ ...rest, url: location.origin + target }); })),
    element("div", { id: "answer", "aria-live": "polite" }),
  );
  if (route) showTarget();
}

/** Has the path and query say what the fields say. */
function showTarget() {
  const fields = [...$("form").querySelectorAll("input[data-in]")];
  let path = form.route.path;
  const query = new URLSearchParams();
  for (const { dataset, value } of fields) {
    // What a path has in braces stands for one segment, and a slash in it is no separator.
    if (dataset.in === "path") path = path.replaceAll(`{${dataset.name}}`, encodeURIComponent(value)).replaceAll(`{${dataset.name}*}`, value);
    if (dataset.in === "query" && value !== "") query.append(dataset.name, value);
  }
  $("target").value = query.size ? `${path}?${query}` : path;
}

/** The request that is typed. */
function typed() {
  const headers = $("headers").value.split("\n").map((line) => line.split(/:(.*)/s)).filter(([name, value]) => name.trim() && value !== undefined)
    .map(([name, value]) => [name.trim(), value.trim()]);
  for (const { dataset, value } of $("form").querySelectorAll('input[data-in="header"]')) {
    if (value !== "") headers.push([dataset.name, value]);
  }
  const method = $("method").value;
  const body = ["GET", "HEAD"].includes(method) ? "" : $("body").value;
  const target = $("target").value;
  return { method, target: target.startsWith("/") ? target : `/${target}`, headers, body };
}

async function send(event) {
  event.preventDefault();
  const { method, target, headers, body } = typed();
  const answer = $("answer");
  answer.replaceChildren(element("p", { class: "quiet" }, "…"));
  const begin = performance.now();
  try {
    // By its own address: what begins with two slashes is another host's.
    const url = location.origin + target;
    const response = await fetch(url, { method, headers, body: body || undefined, redirect: "manual", cache: "no-store" });
    const [text, length] = await readable(response);
    const taken = performance.now() - begin;
    if (response.type === "opaqueredirect") {
      answer.replaceChildren(element("p", {}, `A redirect, after ${time(taken)}: browsers do not show where to; the list of requests does.`));
      return;
    }
    const kind = response.status >= 500 ? "bad" : response.status >= 400 ? "warn" : "good";
    answer.replaceChildren(
      element("h3", {}, element("strong", { class: kind, id: "answer-status" }, `${response.status} ${response.statusText}`.trim()), ` in ${time(taken)}, ${bytes(length)}`),
      element("pre", { id: "answer-body", tabindex: 0 }, text || "(no body)"),
      element("details", {}, element("summary", {}, "Headers"), headerTable([...response.headers])),
    );
  } catch (error) {
    answer.replaceChildren(element("p", { class: "bad" }, `There is no answer: ${error.message}`));
  }
}

/** A response's body as text, so much of it at most, and how long it is. */
async function readable(response) {
  if (!response.body) return ["", 0];
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (text.length < ANSWER_MOST) text += decoder.decode(part.value, { stream: true });
    if (length > 64 * ANSWER_MOST) { await reader.cancel(); break; }
  }
  if (text.length >= ANSWER_MOST) text = `${text.slice(0, ANSWER_MOST)}…`;
  if ((response.headers.get("content-type") ?? "").includes("json")) {
    try { text = JSON.stringify(JSON.parse(text), null, 2); } catch { /* It is shown as it came. */ }
  }
  return [text, length];
}
