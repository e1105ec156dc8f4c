// The vote without leaving the article: sent in place, then the same form asks for more and hands
// it to the receipt. A second vote replaces the first. Where anything fails the plain form is sent.
(() => {
  const form = document.querySelector("form[data-vote]");
  if (!form) return;
  const votes = form.querySelector(".votes");
  const words = form.querySelector("details");
  const value = (name) => form.elements.namedItem(name)?.value ?? "";
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || !votes.contains(button) || value("comment").trim() || value("reason")) return;
    event.preventDefault();
    votes.querySelectorAll("button").forEach((each) => { each.disabled = true; });
    const plain = () => {
      const vote = document.createElement("input");
      Object.assign(vote, { type: "hidden", name: "helpful", value: button.value });
      form.append(vote);
      form.submit();
    };
    try {
      const answer = await fetch(form.dataset.vote, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          helpful: button.value, q: value("q"), from: value("from"), receipt: value("receipt"), lang: value("lang"), revision: value("revision"), website: value("website"),
        }),
      });
      if (answer.status !== 201) return plain();
      const { receipt } = await answer.json();
      const thanks = form.querySelector("[role=status]") ?? document.createElement("p");
      thanks.setAttribute("role", "status");
      const link = document.createElement("a");
      link.href = `/feedback/${receipt}`;
      link.textContent = form.dataset.receipt;
      thanks.replaceChildren(form.dataset.thanks, " ", link, " ", form.dataset.again);
      votes.after(thanks);
      if (!value("receipt")) {
        const known = document.createElement("input");
        Object.assign(known, { type: "hidden", name: "receipt" });
        form.append(known);
      }
      form.elements.namedItem("receipt").value = receipt;
      votes.querySelectorAll("button").forEach((each) => {
        each.disabled = false;
        each.setAttribute("aria-pressed", String(each === button));
      });
      words.open = button.value === "no";
      button.focus();
    } catch { plain(); }
  });
})();
