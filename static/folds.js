// Menus, sheets and enlarged pictures close when the reader is done with them; wide tables and
// pictures can be scrolled by keyboard.
(() => {
  const folds = document.querySelectorAll("details[data-fold], details.zoom");
  for (const fold of folds) {
    fold.addEventListener("click", (event) => { if (event.target.closest("a")) fold.open = false; });
    fold.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !fold.open) return;
      fold.open = false;
      fold.querySelector("summary").focus();
    });
  }
  document.addEventListener("click", (event) => {
    for (const fold of folds) if (fold.open && !fold.contains(event.target)) fold.open = false;
  });
  const reach = () => {
    for (const box of document.querySelectorAll(".body pre, .body figure, .body p:has(> img:only-child), .chips")) {
      if (box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible") box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("load", reach);
  addEventListener("resize", reach);
})();
