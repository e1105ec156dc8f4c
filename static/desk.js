// Keys of the review desk: j and k walk the list, Enter opens (the focused link does that itself),
// u goes back to the list, e begins the reply.
(() => {
  const rows = [...document.querySelectorAll("[data-list] [data-row]")];
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rows.indexOf(document.activeElement);
    const act = {
      j: () => rows[Math.min(at + 1, rows.length - 1)]?.focus(),
      k: () => rows[Math.max(at - 1, 0)]?.focus(),
      u: () => document.querySelector("[data-back]")?.click(),
      e: () => document.querySelector("[data-reply]")?.focus(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
