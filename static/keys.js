// `/` and Ctrl or Command with K lead to the search box, unless the reader is typing.
(() => {
  const box = document.querySelector("form.search input[name=q]");
  if (!box) return;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing;
    const command = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (event.isComposing || !(slash || command)) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
})();
