// On the contact page: opening hours in the reader's own zone, and one text made of the checklist,
// on the device only. What is written there is sent nowhere.
(() => {
  const lang = document.documentElement.lang;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const time = new Intl.DateTimeFormat(lang, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const span = new Intl.RelativeTimeFormat(lang, { numeric: "always" });
  for (const place of document.querySelectorAll("[data-from]")) {
    const [from, to] = [new Date(place.dataset.from), new Date(place.dataset.to)];
    const tell = () => {
      const next = Date.now() < from ? from : to;
      const minutes = Math.max(0, Math.round((next - Date.now()) / 60000));
      const away = minutes < 60 ? span.format(minutes, "minute") : span.format(Math.round(minutes / 60), "hour");
      // The day is told once where both times are on it.
      const end = from.toDateString() === to.toDateString() ? clock.format(to) : time.format(to);
      const when = (next === from ? place.dataset.opens : place.dataset.closes).replace("{when}", away);
      place.textContent = `${place.dataset.label} ${time.format(from)}–${end} (${here}) · ${when}`;
    };
    tell();
    place.hidden = false;
    setInterval(tell, 60000);
  }
  const form = document.querySelector("form[data-checklist]");
  if (!form) return;
  const made = form.querySelector("[data-made]");
  const output = made.querySelector("textarea");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const lines = [...form.querySelectorAll("[data-line]")].filter((field) => field.value.trim());
    output.value = lines.map((field) => `【${field.dataset.line}】${field.value.trim()}`).join("\n");
    output.rows = Math.min(16, output.value.split("\n").length + 2);
    made.hidden = false;
    output.focus();
    output.select();
  });
  form.addEventListener("input", (event) => { if (event.target !== output) made.hidden = true; });
  made.querySelector("button").addEventListener("click", async (event) => {
    const button = event.currentTarget;
    try { await navigator.clipboard.writeText(output.value); } catch { output.select(); return; }
    button.textContent = document.body.dataset.copied;
    setTimeout(() => { button.textContent = button.dataset.label; }, 1600);
  });
})();
