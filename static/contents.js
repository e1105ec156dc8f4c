// Marks the section being read in the contents.
(() => {
  const links = new Map([...document.querySelectorAll(".side .contents li a")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (headings.length === 0) return;
  let waiting = false;
  const mark = () => {
    waiting = false;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    const present = passed.at(-1)?.id;
    for (const [id, link] of links) {
      if (id === present) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
  };
  const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } };
  addEventListener("scroll", soon, { passive: true });
  mark();
})();
