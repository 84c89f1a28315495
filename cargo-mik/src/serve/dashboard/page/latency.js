// The chart of latencies: percentiles of each ten seconds, and how many requests there were.

const LATENCY_SPAN = 5 * 60 * 1000;
const LATENCY_STEP = 10 * 1000;
const PERCENTILES = [["p50", 0.5], ["p95", 0.95], ["p99", 0.99]];

/** The value that so many of them do not exceed, of sorted ones. */
const percentile = (sorted, share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];

/** The percentiles of each step of time, and of all. */
function latencies(entries, now, module) {
  const steps = Array.from({ length: LATENCY_SPAN / LATENCY_STEP }, () => []);
  const begin = Math.floor(now / LATENCY_STEP) * LATENCY_STEP + LATENCY_STEP - LATENCY_SPAN;
  const all = [];
  for (const [when, of, taken] of entries) {
    const step = Math.floor((when - begin) / LATENCY_STEP);
    if ((module && of !== module) || step < 0 || step >= steps.length) continue;
    steps[step].push(taken);
    all.push(taken);
  }
  const summary = (values) => {
    values.sort((one, other) => one - other);
    const of = (share) => percentile(values, share);
    return values.length ? { count: values.length, p50: of(0.5), p95: of(0.95), p99: of(0.99) } : { count: 0 };
  };
  return { begin, steps: steps.map(summary), all: summary(all) };
}

function showLatency() {
  const module = $("filter-module").value;
  const { steps, all } = latencies(store.latencies, Date.now(), module);
  const [width, height, left, bottom] = [Math.max(240, $("latency-chart").clientWidth), 128, 52, 16];
  const most = Math.max(1, ...steps.map((step) => step.p99 ?? 0));
  const busiest = Math.max(1, ...steps.map((step) => step.count));
  const x = (index) => left + ((index + 0.5) * (width - left)) / steps.length;
  // A logarithm: one slow request leaves the others to be seen.
  const log = (value) => Math.log10(1 + value * 10) / Math.log10(1 + most * 10);
  const y = (value) => 6 + (height - bottom - 6) * (1 - log(value));
  const chart = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "latency-title latency-words" });
  const wide = Math.min(20, ((width - left) / steps.length) * 0.6);
  steps.forEach((step, index) => {
    const tall = (step.count / busiest) * 22;
    chart.append(drawn("rect", { class: "load", x: x(index) - wide / 2, width: wide, y: height - bottom - tall, height: tall }));
  });
  for (const value of [most, most / 10, 0]) {
    chart.append(drawn("line", { class: "grid", x1: left, x2: width, y1: y(value), y2: y(value) }));
    chart.append(drawn("text", { x: 0, y: y(value) + 4 }, value ? time(value) : "0"));
  }
  chart.append(drawn("text", { x: left, y: height - 2 }, "5 min ago"), drawn("text", { x: width - 26, y: height - 2 }, "now"));
  for (const [name] of PERCENTILES) {
    let path = "";
    let isOpen = false;
    steps.forEach((step, index) => {
      if (!step.count) { isOpen = false; return; }
      path += `${isOpen ? "L" : "M"}${x(index).toFixed(1)} ${y(step[name]).toFixed(1)}`;
      // A step by itself is a point.
      if (!isOpen) path += "h0.1";
      isOpen = true;
    });
    chart.append(drawn("path", { class: name, d: path || "M0 0" }));
  }
  $("latency-chart").replaceChildren(chart);
  $("latency-title").textContent = `Latency${module ? ` of ${module}` : ""}, the last 5 minutes`;
  $("latency-legend").replaceChildren(...PERCENTILES.map(([name]) => element("span", {}, element("i", { class: name }), name)));
  $("latency-words").textContent = all.count
    ? `${all.count.toLocaleString("en")} answered: half within ${time(all.p50)}, 95 % within ${time(all.p95)}, 99 % within ${time(all.p99)}.`
    : "Nothing has been answered in this time.";
}
