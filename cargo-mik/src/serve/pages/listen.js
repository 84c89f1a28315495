// Calls `told` with how the build stands, now and whenever that changes, as long as the page is seen: browsers allow few
// connections to a server, and a tab that nobody looks at needs none.
const listen = (told, lost) => {
  let source = null;
  let again = 0;
  const close = () => {
    clearTimeout(again);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    source = new EventSource("/_mik/build/events");
    source.onmessage = (event) => told(JSON.parse(event.data));
    source.onerror = () => {
      lost();
      // Whom the server has sent away is not called again by the browser.
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, 2000);
    };
  };
  const look = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && look());
  look();
};
