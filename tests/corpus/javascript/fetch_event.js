// A handler as StarlingMonkey has them: the `fetch` event, bodies as streams, and enough of the language that a change in how the
// engine behaves would show.

addEventListener("fetch", (event) => event.respondWith(answer(event.request)));

async function answer(request) {
  const url = new URL(request.url);
  const route = routes[url.pathname];
  if (route === undefined) {
    return new Response(`nothing at ${url.pathname}\n`, { status: 404, headers: { "content-type": "text/plain" } });
  }
  return route(request, url);
}

const routes = {
  "/": () => new Response("hello from JavaScript\n"),

  "/echo": async (request) => {
    const body = await request.arrayBuffer();
    const headers = new Headers({ "x-method": request.method, "x-length": String(body.byteLength) });
    for (const [name, value] of request.headers) {
      if (name.startsWith("x-in-")) {
        headers.append(name.replace("x-in-", "x-out-"), value);
      }
    }
    return new Response(body, { headers });
  },

  // As many chunks as are asked for, each after a turn of the event loop.
  "/stream": (_, url) => {
    const count = Number(url.searchParams.get("count") ?? "5");
    let sent = 0;
    const stream = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (sent === count) {
          controller.close();
          return;
        }
        sent += 1;
        controller.enqueue(new TextEncoder().encode(`chunk ${sent} ${"-".repeat(sent % 977)}\n`));
      },
    });
    return new Response(stream, { headers: { "content-type": "text/plain" } });
  },

  "/upper": async (request) => {
    const text = await request.text();
    return new Response(text.toUpperCase());
  },

  "/json": async (request) => {
    const value = await request.json();
    const sorted = (it) =>
      Array.isArray(it)
        ? it.map(sorted)
        : it !== null && typeof it === "object"
          ? Object.fromEntries(Object.keys(it).sort().map((key) => [key, sorted(it[key])]))
          : it;
    return new Response(JSON.stringify(sorted(value), null, 1), { headers: { "content-type": "application/json" } });
  },

  "/compute": (_, url) => {
    const rounds = Number(url.searchParams.get("rounds") ?? "2000");
    return new Response(JSON.stringify(compute(rounds)));
  },

  "/throw": () => {
    throw new TypeError("on purpose");
  },

  "/deep": () => {
    const down = (n) => down(n + 1) + 1;
    try {
      return new Response(String(down(0)));
    } catch (error) {
      return new Response(`${error.name}\n`, { status: 500 });
    }
  },
};

// Numbers, big integers, expressions, maps, generators, typed arrays, dates, sorting: each leaves something in the result.
function compute(rounds) {
  let state = 0x9e3779b9;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const numbers = Array.from({ length: rounds }, next);
  const words = numbers.map((n) => n.toString(36)).join(" ");
  const counts = new Map();
  for (const [letter] of words.matchAll(/[a-z]/gu)) {
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  function* fibonacci() {
    let [a, b] = [0n, 1n];
    for (;;) {
      yield a;
      [a, b] = [b, a + b];
    }
  }
  let last = 0n;
  for (const value of fibonacci()) {
    last = value;
    if (value > 2n ** 300n) break;
  }
  const floats = new Float32Array(numbers.map((n) => Math.sin(n) * Math.exp((n % 50) / 10)));
  return {
    sum: numbers.reduce((sum, n) => sum + n, 0),
    sorted: [...numbers].sort((a, b) => a - b).slice(0, 5),
    letters: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)),
    big: last.toString(16),
    float: floats.reduce((sum, f) => sum + f, 0).toPrecision(12),
    date: new Date(1e12 + ((numbers[0] ?? 0) % 1e9)).toISOString(),
    unicode: "ÄǅΣ𝒳é".toLowerCase(),
    replaced: words.slice(0, 200).replace(/(\d)([a-z]+)/g, (_, digit, letters) => letters.repeat(Number(digit) % 3)),
  };
}
