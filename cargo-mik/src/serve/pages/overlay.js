if (window.top === window) {
  let frame = null;
  let last = null;
  // What the reader does not want to see any more: until another build fails.
  let hidden = null;
  const hide = () => {
    frame?.remove();
    frame = null;
  };
  const show = () => {
    frame = document.createElement("iframe");
    frame.src = "/_mik/build";
    frame.title = "The build has failed";
    frame.style.cssText =
      "all: initial !important; position: fixed !important; inset: 0 !important; width: 100% !important; height: 100% !important; border: 0 !important; z-index: 2147483647 !important;";
    document.documentElement.append(frame);
    frame.focus();
  };
  const told = (build) => {
    last = build;
    if (!build.broken) {
      // Who has seen why the page is not what was written, wants to see the one that is.
      if (frame && !build.building) location.reload();
    } else if (frame) {
      frame.contentWindow.postMessage(build, location.origin);
    } else if (build.broken !== hidden) {
      show();
    }
  };
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== location.origin) return;
    if (event.data === "ready") return frame.contentWindow.postMessage(last, location.origin);
    if (event.data === "hide") {
      hidden = last.broken;
      hide();
    }
  });
  listen(told, () => {});
}
