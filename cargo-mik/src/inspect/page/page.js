"use strict";
// The treemap: where it is zoomed to, what is searched for, and what the pointer or the keyboard is on. All text goes in as
// text, never as markup.

// A node of the data has a name `n`, a kind `k`, bytes `b`, its parts `c`, the change of its bytes `d`,
// what would go with it `r`, and how it is reached `w`.
const { root, compared } = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const map = byId("map");
const number = new Intl.NumberFormat("en");
const HEADER = 17;
const GAP = 2;
const LEVELS = 3;

let zoomed = root;
let shown = [];
let query = "";
let colour = "crate";

(function connect(node, parent) {
  node.parent = parent;
  for (const part of node.c ?? []) connect(part, node);
})(root, null);

const percent = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
const signed = (change) => (change < 0 ? "−" : "+") + number.format(Math.abs(change));

// A function's name without the modules on its way, as far as a tile has room for it: `<Problem>::to_vec`.
const short = (node) => (node.k === "function" ? node.n.replace(/\b(?:[a-z_]\w*::)+(?=[A-Za-z_{<])/g, "") : node.n);

// A hue for a name, the same on every page.
function hue(name) {
  let hash = 2166136261;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
  return hash % 360;
}

// What decides a tile's colour: its crate, or how it has changed.
function paint(tile, node) {
  if (colour === "change") {
    const change = node.d ?? 0;
    tile.style.setProperty("--hue", change > 0 ? 12 : 140);
    const share = Math.min(1, Math.abs(change) / Math.max(1, node.b));
    tile.style.setProperty("--chroma", change === 0 ? "0%" : `${25 + 50 * share}%`);
    return;
  }
  let crate = node;
  while (crate.parent && crate.k !== "crate" && crate.k !== "group") crate = crate.parent;
  if (crate.k === "group") tile.style.setProperty("--chroma", "8%");
  tile.style.setProperty("--hue", hue(crate.n));
}

function matches(node) {
  return node.n.toLowerCase().includes(query);
}

// Whether a node, something in it, or something around it is searched for.
function concerns(node) {
  if (!query) return true;
  for (let around = node; around; around = around.parent) if (around !== root && matches(around)) return true;
  return (function inside(part) {
    return (part.c ?? []).some((child) => matches(child) || inside(child));
  })(node);
}

function draw() {
  const focused = shown.find((one) => one.tile === document.activeElement)?.node;
  shown = [];
  map.replaceChildren();
  const box = map.getBoundingClientRect();
  place(zoomed, 0, 0, map.clientWidth || box.width, map.clientHeight || box.height, 0, null);
  const start = shown.find((one) => one.node === focused) ?? shown[0];
  if (start) start.tile.tabIndex = 0;
  if (focused && start) start.tile.focus({ preventScroll: true });
  trail();
}

function place(node, x, y, width, height, level, around) {
  const inner = { x: x + GAP, y: y + GAP, width: width - 2 * GAP, height: height - 2 * GAP };
  let one = around;
  if (level > 0) {
    one = tile(node, x, y, width, height, around);
    if (!one) return;
    if (height >= HEADER + 12) {
      inner.y += HEADER;
      inner.height -= HEADER;
    }
  }
  const isOpen = node.c?.length && level < LEVELS && inner.width > 14 && inner.height > 12;
  if (level > 0) one.tile.classList.add(isOpen ? "outer" : "flat");
  if (!isOpen) return;
  const parts = node.c.filter((part) => part.b > 0);
  const places = squarify(parts.map((part) => part.b), inner.x, inner.y, inner.width, inner.height);
  parts.forEach((part, index) => place(part, ...places[index], level + 1, one));
}

function tile(node, x, y, width, height, around) {
  const [right, bottom] = [Math.round(x + width), Math.round(y + height)];
  const [left, top] = [Math.round(x), Math.round(y)];
  const [across, down] = [right - left - 1, bottom - top - 1];
  if (across < 3 || down < 3) return null;
  const button = document.createElement("button");
  button.type = "button";
  button.className = `tile ${node.k}${node.c?.length ? "" : " leaf"}`;
  button.tabIndex = -1;
  Object.assign(button.style, { left: `${left}px`, top: `${top}px`, width: `${across}px`, height: `${down}px` });
  paint(button, node);
  if (across > 34 && down > 14) {
    const name = document.createElement("span");
    name.textContent = short(node);
    const bytes = document.createElement("span");
    bytes.className = "bytes";
    bytes.textContent = number.format(node.b) + (node.d && colour === "change" ? ` (${signed(node.d)})` : "");
    button.append(name);
    if (!node.c?.length && down > 30) button.append(bytes);
    if (node.c?.length && across > 150) name.textContent = `${node.n}  ${number.format(node.b)}`;
  } else {
    button.style.padding = "0";
  }
  button.setAttribute("aria-label", `${node.n}: ${facts(node)}`);
  if (!concerns(node)) button.classList.add("dim");
  const one = { node, tile: button, around };
  shown.push(one);
  map.append(button);
  return one;
}

function facts(node) {
  const all = [kinds[node.k] ?? node.k, `${number.format(node.b)} bytes`, `${percent(node.b, root.b)} of the whole`];
  if (node.parent && node.parent !== root) all.push(`${percent(node.b, node.parent.b)} of ${node.parent.n}`);
  if (node.r) all.push(`${number.format(node.r)} bytes with what only it keeps`);
  if (node.w) all.push(node.w);
  if (node.d) all.push(`${signed(node.d)} bytes since the other`);
  return all.filter(Boolean).join(", ");
}

const kinds = {
  component: "component",
  module: "",
  crate: "crate",
  group: "",
  function: "function",
  data: "data segment",
  section: "section",
  rest: "each too small to be shown",
};

function tell(node) {
  const details = byId("details");
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = node.n;
  const rest = document.createElement("span");
  rest.className = "facts";
  rest.textContent = facts(node);
  details.replaceChildren(name, rest);
}

function trail() {
  const way = [];
  for (let node = zoomed; node; node = node.parent) way.unshift(node);
  byId("trail").replaceChildren(
    ...way.map((node) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${node.n} (${number.format(node.b)})`;
      button.disabled = node === zoomed;
      button.addEventListener("click", () => zoom(node));
      return button;
    }),
  );
}

function zoom(node) {
  zoomed = node;
  draw();
  tell(node);
}

// Into what has parts; what has none is told about.
function enter(one) {
  if (one.node.c?.length) {
    zoom(one.node);
    shown[0]?.tile.focus({ preventScroll: true });
  } else tell(one.node);
}

function leave() {
  const from = zoomed;
  if (!from.parent) return;
  zoom(from.parent);
  shown.find((one) => one.node === from)?.tile.focus({ preventScroll: true });
}

const shownBy = (target) => shown.find((one) => one.tile === target.closest?.(".tile"));

map.addEventListener("click", (event) => {
  const one = shownBy(event.target);
  if (one) enter(one);
});
for (const kind of ["pointerover", "focusin"]) {
  map.addEventListener(kind, (event) => {
    const one = shownBy(event.target);
    if (one) tell(one.node);
  });
}
map.addEventListener("keydown", (event) => {
  const one = shownBy(event.target);
  if (!one) return;
  const beside = shown.filter((other) => other.around === one.around);
  const place = beside.indexOf(one);
  const next = {
    ArrowRight: () => beside[place + 1],
    ArrowLeft: () => beside[place - 1],
    ArrowDown: () => shown.find((other) => other.around === one) ?? beside[place + 1],
    ArrowUp: () => one.around ?? beside[place - 1],
    Home: () => beside[0],
    End: () => beside[beside.length - 1],
  }[event.key];
  if (event.key === "Escape" || event.key === "Backspace") leave();
  else if (!next) return;
  else {
    const to = next();
    if (to) {
      one.tile.tabIndex = -1;
      to.tile.tabIndex = 0;
      to.tile.focus({ preventScroll: true });
    }
  }
  event.preventDefault();
});

byId("search").addEventListener("input", (event) => {
  query = event.target.value.trim().toLowerCase();
  let [count, bytes] = [0, 0];
  (function add(node, isIn) {
    const isFound = isIn || (node !== root && matches(node));
    if (node.c?.length) node.c.forEach((part) => add(part, isFound));
    else if (isFound) {
      count += 1;
      bytes += node.b;
    }
  })(root, false);
  byId("found").textContent = query ? `${number.format(count)} found, ${number.format(bytes)} bytes, ${percent(bytes, root.b)}` : "";
  for (const row of document.querySelectorAll("tbody tr")) {
    row.hidden = query !== "" && !row.dataset.keep && !row.textContent.toLowerCase().includes(query);
  }
  draw();
});

byId("colour-choice").hidden = !compared;
byId("colour").addEventListener("change", (event) => {
  colour = event.target.value;
  draw();
});
byId("treemap").hidden = false;
new ResizeObserver(draw).observe(map);
draw();
tell(root);
