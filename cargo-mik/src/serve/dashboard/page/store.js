// What the server has told, kept up to date by its events. It says how requests stand, so that nothing has to be put together.

const store = {
  /** By sequence, in their order. */
  requests: new Map(),
  builds: new Map(),
  /** How long what has been answered took, of more requests than are kept: [when, module, milliseconds]. */
  latencies: [],
  missed: 0,
  connected: undefined,
  listeners: new Set(),

  /** Has something done when something has changed: once, however much that is. */
  subscribe(listener) {
    this.listeners.add(listener);
  },

  tell(what) {
    if (this.told) return void this.told.add(what);
    this.told = new Set([what]);
    requestAnimationFrame(() => {
      const told = this.told;
      this.told = undefined;
      for (const listener of this.listeners) listener(told);
    });
  },
};

const LATENCIES_MOST = 50000;
const LATENCIES_LONGEST = 5 * 60 * 1000;

function take(record) {
  const known = store.requests.get(record.sequence);
  if (record.total !== null && (!known || known.total === null)) {
    store.latencies.push([record.arrived + record.total, record.module ?? "", record.total]);
  }
  store.requests.set(record.sequence, record);
}

function forget() {
  store.requests.clear();
  store.builds.clear();
  store.latencies.length = 0;
  store.missed = 0;
}

/** Lets go of what the server has let go of, and of latencies that no chart shows. */
function prune(first) {
  for (const sequence of store.requests.keys()) {
    if (sequence < first) store.requests.delete(sequence);
  }
  const oldest = Date.now() - LATENCIES_LONGEST;
  const excess = store.latencies.length - LATENCIES_MOST;
  store.latencies = store.latencies.filter(([when], index) => when >= oldest && index >= excess);
}

function listen() {
  const source = new EventSource("/_mik/events");
  const state = (connected) => {
    if (store.connected === connected) return;
    store.connected = connected;
    store.tell("connection");
  };
  source.addEventListener("open", () => state(true));
  source.addEventListener("error", () => {
    state(false);
    // It asks again by itself, unless the server has said no.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  });
  source.addEventListener("hello", (event) => {
    if (JSON.parse(event.data).anew) forget();
    store.tell("requests");
    store.tell("builds");
  });
  source.addEventListener("requests", (event) => {
    const { first, missed, requests } = JSON.parse(event.data);
    store.missed += missed;
    requests.forEach(take);
    prune(first);
    store.tell("requests");
  });
  source.addEventListener("builds", (event) => {
    for (const build of JSON.parse(event.data)) store.builds.set(build.number, build);
    for (const number of [...store.builds.keys()].slice(0, -100)) store.builds.delete(number);
    store.tell("builds");
  });
}
