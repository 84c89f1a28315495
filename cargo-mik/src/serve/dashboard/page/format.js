// Values as people read them.

/** Milliseconds. */
function time(value) {
  if (value === null || value === undefined) return "";
  if (value < 0.995) return `${Math.round(value * 1000)} µs`;
  if (value < 9.95) return `${value.toFixed(1)} ms`;
  if (value < 9950) return `${Math.round(value)} ms`;
  return `${(value / 1000).toFixed(1)} s`;
}

function bytes(value) {
  if (value === null || value === undefined) return "";
  if (value < 1024) return `${value} B`;
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(1)} KiB`;
  return `${(value / 1024 / 1024).toFixed(1)} MiB`;
}

/** A number of bytes that is a difference. */
const change = (value) => (value === 0 ? "±0" : `${value > 0 ? "+" : "−"}${Math.abs(value).toLocaleString("en")} B`);

const clock = (milliseconds) => new Date(milliseconds).toLocaleTimeString("en-GB");

/** What a request came to, in a word, and how good that is. */
function outcome(record) {
  if (record.state === "in-flight") return [record.status ? `${record.status} …` : "…", "quiet"];
  if (record.state === "gone") return [`${record.status ?? ""} client gone`.trim(), "warn"];
  if (record.state === "broken") return [`${record.status ?? ""} broke off`.trim(), "bad"];
  const kind = record.status >= 500 ? "bad" : record.status >= 400 ? "warn" : "good";
  return [record.failure ? `${record.status} ${record.failure.code}` : String(record.status), kind];
}

/** How long a part of a request has taken; a part that lasts, nothing. */
function spent(record, name) {
  const parts = record.spans.filter((span) => span.name === name && span.to !== null);
  return parts.length ? parts.reduce((all, span) => all + span.to - span.from, 0) : null;
}

/** A text as one word of a shell's. */
const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** A request as a command line. */
function curl({ method, url, headers, body }) {
  const words = ["curl"];
  if (method !== "GET") words.push("-X", method);
  words.push(quoted(url));
  for (const [name, value] of headers) words.push("-H", quoted(`${name}: ${value}`));
  if (body) words.push("--data-binary", quoted(body));
  return words.join(" ");
}
