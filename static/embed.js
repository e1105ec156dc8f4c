// A search box for other pages: a script element whose src is /embed.js of this site puts one where
// it stands. It suggests articles while typing, sets no cookie, sends none, keeps nothing, and opens
// what is found in a new tab. Its words can be given as data attributes: data-placeholder="…",
// data-button="…", data-label="…", data-warning="…"; without them they follow the page's language.
(() => {
  const WORDS = {
    zh: { placeholder: "描述问题，或粘贴报错", button: "搜索", label: "搜索帮助文章", warning: "这像是助记词或私钥，没有发出。请删掉它，只写遇到的问题。" },
    "zh-TW": { placeholder: "描述問題，或貼上錯誤訊息", button: "搜尋", label: "搜尋說明文章", warning: "這像是助記詞或私鑰，沒有發出。請刪掉它，只寫遇到的問題。" },
    en: { placeholder: "What happened?", button: "Search", label: "Search help articles", warning: "This looks like a recovery phrase or private key and was not sent. Remove it and describe the problem only." },
  };
  const script = document.currentScript;
  const site = new URL(script.src).origin;
  const lang = script.closest("[lang]")?.lang ?? "";
  const said = { ...(/^zh-(tw|hk|mo|hant)/i.test(lang) ? WORDS["zh-TW"] : /^en/i.test(lang) ? WORDS.en : WORDS.zh), ...script.dataset };
  // A first look, as on the site itself; the server looks again and knows more.
  const looksSecret = (text) => {
    const words = text.trim().split(/[\s,;，、；。.\d]+/u).filter(Boolean);
    const latin = words.filter((word) => /^[a-z]{3,8}$/i.test(word)).length;
    return (latin >= 12 && latin >= words.length * 0.8) || /(^|\s)([5KL][1-9A-HJ-NP-Za-km-z]{50,51}|[xyz]prv[1-9A-HJ-NP-Za-km-z]{100,})(\s|$)/.test(text);
  };
  const make = (tag, attributes = {}) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const host = make("div");
  const root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { display: block; color-scheme: light dark; }
    form { position: relative; display: flex; gap: .5rem; font: 1rem/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
    input { flex: 1; min-width: 0; min-height: 2.75rem; box-sizing: border-box; padding: .5rem .75rem; border: 1px solid light-dark(#7d8b88, #6b7a84); border-radius: .5rem; background: light-dark(#fff, #171e23); color: light-dark(#1b2530, #e6ebee); font: inherit; }
    button { min-height: 2.75rem; padding: .5rem 1rem; border: 0; border-radius: .5rem; background: light-dark(#0f6e5c, #5cc8ae); color: light-dark(#fff, #06201a); font: inherit; cursor: pointer; }
    :is(input, button):focus-visible { outline: 3px solid light-dark(#0f6e5c, #5cc8ae); outline-offset: 2px; }
    ul { position: absolute; z-index: 1; left: 0; right: 0; top: 100%; margin: .25rem 0 0; padding: .375rem; list-style: none; background: light-dark(#fff, #171e23); color: light-dark(#1b2530, #e6ebee); border: 1px solid light-dark(#dde5e2, #2b363d); border-radius: .5rem; box-shadow: 0 8px 24px #0003; }
    ul[hidden] { display: none; }
    li { display: flex; align-items: center; min-height: 2.75rem; padding: .25rem .75rem; border-radius: .375rem; cursor: pointer; }
    li[aria-selected=true] { background: light-dark(#e2f1ec, #15302a); }
    p { margin: .5rem 0 0; color: light-dark(#b42318, #ff8f80); font: .875rem/1.5 system-ui, sans-serif; }`);
  root.adoptedStyleSheets = [style];
  const form = make("form", { action: `${site}/search`, method: "get", target: "_blank", rel: "noopener", role: "search" });
  const box = make("input", {
    name: "q", type: "search", placeholder: said.placeholder, maxlength: 256, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    role: "combobox", "aria-label": said.label, "aria-autocomplete": "list", "aria-controls": "list", "aria-expanded": "false",
  });
  const button = make("button");
  button.textContent = said.button;
  const list = make("ul", { id: "list", role: "listbox", "aria-label": said.label, hidden: "" });
  const warning = make("p", { role: "alert" });
  form.append(box, button, list);
  root.append(form, warning);

  let lines = [];
  let chosen = -1;
  let timer = 0;
  let asked = null;
  const choose = (place) => {
    chosen = place;
    [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === place)));
    if (place < 0) box.removeAttribute("aria-activedescendant"); else box.setAttribute("aria-activedescendant", list.children[place].id);
  };
  const open = (state) => {
    list.hidden = !state;
    box.setAttribute("aria-expanded", String(state));
    if (!state) choose(-1);
  };
  const show = (suggestions) => {
    lines = suggestions;
    list.replaceChildren(...lines.map((line, i) => {
      const option = make("li", { id: `line-${i}`, role: "option", "aria-selected": "false" });
      option.textContent = line.text;
      return option;
    }));
    choose(-1);
    open(lines.length > 0 && root.activeElement === box);
  };
  const ask = async () => {
    asked?.abort();
    const q = box.value.trim();
    // What looks like a secret is not even asked about.
    if (!q || q.length > 60 || looksSecret(q)) return show([]);
    asked = new AbortController();
    try {
      const answer = await fetch(`${site}/api/v1/suggest?limit=6&q=${encodeURIComponent(q)}`, { signal: asked.signal, credentials: "omit", referrerPolicy: "no-referrer" });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch { /* aborted or offline: the box works without suggestions */ }
  };
  const follow = (line) => {
    open(false);
    window.open(new URL(line.url, site), "_blank", "noopener");
  };
  box.addEventListener("input", (event) => {
    warning.textContent = "";
    clearTimeout(timer);
    // Nothing is asked while an input method composes.
    if (!event.isComposing) timer = setTimeout(ask, 150);
  });
  box.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.preventDefault();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && lines.length > 0) {
      event.preventDefault();
      clearTimeout(timer);
      asked?.abort();
      if (list.hidden) open(true);
      // One place beyond the last line stands for the box itself.
      const places = lines.length + 1;
      choose((chosen + 1 + (event.key === "ArrowDown" ? 1 : -1) + places) % places - 1);
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
  form.addEventListener("submit", (event) => {
    const stopped = looksSecret(box.value);
    warning.textContent = stopped ? said.warning : "";
    if (stopped) event.preventDefault();
  });
  script.after(host);
})();
