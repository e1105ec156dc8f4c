// A search box for other pages: a script element whose src is /embed.js of this site
// puts one where it stands. It sets no cookie, keeps nothing, and opens the results in a new tab.
(() => {
  const script = document.currentScript;
  const site = new URL(script.src).origin;
  const said = { placeholder: "描述问题，或粘贴报错", button: "搜索", warning: "这像是助记词或私钥，没有发出。请删掉它，只写遇到的问题。", ...script.dataset };
  // The same first look as on the site itself; the server looks again.
  const looksSecret = (text) => {
    const words = text.trim().split(/[\s,;，、；。.\d]+/u).filter(Boolean);
    const latin = words.filter((word) => /^[a-z]{3,8}$/i.test(word)).length;
    return (latin >= 12 && latin >= words.length * 0.8) || /(^|\s)([5KL][1-9A-HJ-NP-Za-km-z]{50,51}|[xyz]prv[1-9A-HJ-NP-Za-km-z]{100,})(\s|$)/.test(text);
  };
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(`
    form { display: flex; gap: .5rem; font: 1rem/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
    input { flex: 1; min-width: 0; padding: .5rem .75rem; border: 1px solid #7d8b88; border-radius: .5rem; font: inherit; }
    button { padding: .5rem 1rem; border: 0; border-radius: .5rem; background: #0f6e5c; color: #fff; font: inherit; cursor: pointer; }
    :is(input, button):focus-visible { outline: 3px solid #5cc8ae; outline-offset: 2px; }
    p { margin: .5rem 0 0; color: #b42318; font: .875rem/1.5 system-ui, sans-serif; }`);
  root.adoptedStyleSheets = [style];
  const form = document.createElement("form");
  Object.assign(form, { action: `${site}/search`, method: "get", target: "_blank", rel: "noopener" });
  form.setAttribute("role", "search");
  const box = document.createElement("input");
  Object.assign(box, { name: "q", type: "search", placeholder: said.placeholder, maxLength: 256, autocomplete: "off" });
  box.setAttribute("aria-label", said.label ?? said.placeholder);
  const button = document.createElement("button");
  button.textContent = said.button;
  const warning = document.createElement("p");
  warning.setAttribute("role", "alert");
  form.append(box, button);
  root.append(form, warning);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    const stopped = looksSecret(box.value);
    warning.textContent = stopped ? said.warning : "";
    if (stopped) event.preventDefault();
  });
  script.after(host);
})();
