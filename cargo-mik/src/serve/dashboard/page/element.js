// Elements: text is set as text, never as markup.

const $ = (id) => document.getElementById(id);

/** An element. `attributes` may have handlers (`onclick`) and `class`; a child is a node, text, or nothing. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value") made.value = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return made;
}

/** The same in SVG. */
function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A table of rows of cells; a cell is text, a node, or `[class, text]`. */
function table(attributes, heads, rows) {
  const cell = (tag) => (content) =>
    Array.isArray(content) ? element(tag, { class: content[0] }, content[1]) : element(tag, {}, content);
  const head = heads && element("thead", {}, element("tr", {}, heads.map(cell("th"))));
  return element("table", attributes, head, element("tbody", {}, rows.map((row) => element("tr", {}, row.map(cell("td"))))));
}

/** A button that copies a text. */
function copier(label, text) {
  const button = element("button", {
    type: "button",
    onclick: async () => {
      try {
        await navigator.clipboard.writeText(text());
        button.textContent = "Copied";
      } catch {
        button.textContent = "The browser does not let this page copy";
      }
      setTimeout(() => { button.textContent = label; }, 1500);
    },
  }, label);
  return button;
}
