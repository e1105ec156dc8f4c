// Copies what is worth keeping: a receipt's code, the address of a section.
(() => {
  if (!navigator.clipboard) return;
  const { copied, copyLink } = document.body.dataset;
  const say = document.createElement("span");
  say.className = "hide";
  say.setAttribute("role", "status");
  document.body.append(say);
  const attach = (button, text) => button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text()); } catch { return; }
    say.textContent = copied;
    button.dataset.done = copied;
    setTimeout(() => { say.textContent = ""; delete button.dataset.done; }, 1600);
  });
  const make = (style, label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = style;
    if (label) button.setAttribute("aria-label", label);
    return button;
  };
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];
  for (const heading of document.querySelectorAll("[data-sections] :is(h2, h3, h4)[id]")) {
    const button = make("copy-link", copyLink);
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    icon.classList.add("icon");
    icon.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite}#link`);
    icon.append(use);
    button.append(icon);
    heading.append(button);
    attach(button, () => `${location.origin}${location.pathname}#${encodeURIComponent(heading.id)}`);
  }
  for (const code of document.querySelectorAll("[data-copy]")) {
    const button = make("button quiet", "");
    button.textContent = code.dataset.copy;
    const text = code.textContent;
    code.after(button);
    attach(button, () => text);
  }
})();
