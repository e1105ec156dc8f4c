// Warns before something that looks like a recovery phrase or private key leaves the device. The
// server looks again; this only keeps it from being sent at all.
(() => {
  const SIZES = [12, 15, 18, 21, 24];
  const runs = (words, fits) => {
    let run = 0;
    let best = 0;
    for (const word of words) {
      run = fits(word) ? run + 1 : 0;
      best = Math.max(best, run);
    }
    return best;
  };
  const looksSecret = (text) => {
    const words = text.trim().split(/[\s,;，、；。.\d]+/u).filter(Boolean);
    const plain = text.trim().split(/\s+/u);
    const latin = runs(words, (word) => /^[a-z]{3,8}$/i.test(word));
    const han = runs(words, (word) => /^\p{Script=Han}$/u.test(word));
    const phrase = (count) => SIZES.includes(count) || count > 24;
    // A sentence in English is longer words and short ones mixed; a phrase is all there is.
    const bare = latin >= 12 && latin >= words.length * 0.8;
    // 64 digits alone may be a transaction hash, which is public: the server tells what to do then.
    const key = plain.some((word) => /^[5KL][1-9A-HJ-NP-Za-km-z]{50,51}$/.test(word) || /^[xyz]prv[1-9A-HJ-NP-Za-km-z]{100,}$/.test(word));
    return key || (bare && phrase(latin)) || phrase(han);
  };
  for (const form of document.querySelectorAll("form[data-guard]")) {
    const fields = () => [...form.querySelectorAll("input:not([type=hidden]):not([type=radio]), textarea")];
    const settle = () => form.querySelector(".guard")?.remove();
    form.addEventListener("input", settle);
    form.addEventListener("submit", (event) => {
      settle();
      const field = fields().find((each) => looksSecret(each.value));
      if (!field) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const warning = document.createElement("p");
      warning.className = "guard";
      warning.setAttribute("role", "alert");
      warning.textContent = form.dataset.guard;
      if (form.matches(".search")) form.append(warning); else field.after(warning);
      field.focus();
    }, { capture: true });
  }
})();
