// Suggestions while typing: a combobox after the ARIA pattern. Nothing is asked and nothing is sent
// while a Chinese input method composes, and its Enter never submits.
(() => {
  const form = document.querySelector("form[data-suggest]");
  if (!form) return;
  const box = form.querySelector("input[name=q]");
  const list = document.createElement("ul");
  list.id = "w-suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label);
  form.append(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  let lines = [];
  let chosen = -1;
  let composing = false;
  let timer = 0;
  let asked = null;

  const choose = (place) => {
    chosen = place;
    [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === place)));
    if (place < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  };
  const open = (state) => {
    list.hidden = !state;
    box.setAttribute("aria-expanded", String(state));
    if (!state) choose(-1);
  };
  const show = (suggestions) => {
    lines = suggestions;
    list.replaceChildren(...lines.map((line, i) => {
      const option = document.createElement("li");
      option.id = `w-suggestion-${i}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const text = document.createElement("span");
      text.append(...(line.spans ?? [{ text: line.text }]).map((span) => {
        if (!span.mark) return span.text;
        const mark = document.createElement("mark");
        mark.textContent = span.text;
        return mark;
      }));
      option.append(text);
      if (line.category) {
        const category = document.createElement("small");
        category.textContent = line.category;
        option.append(category);
      }
      return option;
    }));
    choose(-1);
    open(lines.length > 0 && document.activeElement === box);
  };
  const ask = async () => {
    asked?.abort();
    const q = box.value.trim();
    if (!q || q.length > 60) return show([]);
    asked = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(q)}`, { signal: asked.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch { /* aborted or offline: the box works without suggestions */ }
  };
  const soon = () => {
    clearTimeout(timer);
    if (!composing) timer = setTimeout(ask, 120);
  };
  const follow = (line) => {
    if (line.url) location.assign(line.url);
    else { box.value = line.text; form.requestSubmit(); }
  };

  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; soon(); });
  box.addEventListener("input", soon);
  box.addEventListener("keydown", (event) => {
    // Safari tells of the Enter that ends a composition after its end, with key code 229.
    if (composing || event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && lines.length > 0) {
      event.preventDefault();
      // The lines stay as they are from the first choice on: a late answer must not move them.
      clearTimeout(timer);
      asked?.abort();
      if (list.hidden) open(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place beyond the last line stands for the box itself.
      const places = lines.length + 1;
      choose((chosen + 1 + step + places) % places - 1);
    } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
      event.preventDefault();
      follow(lines[chosen]);
    }
  });
  box.addEventListener("blur", () => open(false));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const place = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (place >= 0) follow(lines[place]);
  });
})();
