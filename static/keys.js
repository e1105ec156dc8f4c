// `/` and Ctrl or Command with K lead to the search box, unless the reader is typing; a button
// empties it.
(() => {
  const form = document.querySelector("form.search");
  const box = form?.querySelector("input[name=q]");
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
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "clear";
  clear.textContent = "×";
  clear.setAttribute("aria-label", form.dataset.clear);
  const tell = () => { clear.hidden = box.value === ""; };
  clear.addEventListener("click", () => {
    box.value = "";
    // Whoever listens to typing hears of it: suggestions and warnings go.
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
  box.addEventListener("input", tell);
  box.after(clear);
  tell();
  // A page that comes back from the browser's memory has its words again.
  addEventListener("pageshow", tell);
})();
