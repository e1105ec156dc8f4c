// Recent searches, kept on this device only and shown on the home page, with a way to forget them.
(() => {
  const KEY = "searches";
  const MOST = 6;
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; } };
  const write = (list) => { try { localStorage.setItem(KEY, JSON.stringify(list)); } catch { /* private mode: not kept */ } };
  // Only a results page names what was searched; a page that warns of a secret does not.
  const searched = document.querySelector("[data-searched]")?.dataset.searched;
  if (searched) write([searched, ...read().filter((each) => each !== searched)].slice(0, MOST));
  const place = document.querySelector("[data-recent]");
  const list = read().filter((each) => typeof each === "string");
  if (!place || list.length === 0) return;
  const forget = place.querySelector("button");
  for (const each of list) {
    const link = document.createElement("a");
    link.href = `/search?q=${encodeURIComponent(each)}`;
    link.textContent = each;
    forget.before(link);
  }
  place.hidden = false;
  forget.addEventListener("click", () => {
    try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ }
    place.hidden = true;
    document.querySelector("form.search input[name=q]")?.focus();
  });
})();
