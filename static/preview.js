// In preview only: reloads the page when another edition is served than the one it was made of.
"use strict";
(() => {
  const panel = document.querySelector("[data-preview]");
  if (!panel || !window.EventSource) return;
  const events = new EventSource("/preview/events");
  events.addEventListener("message", (event) => {
    if (event.data === panel.dataset.preview) return;
    events.close();
    location.reload();
  });
})();
