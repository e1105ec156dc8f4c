// Takes out of the address bar what only the server needed: the search that led to an article, and
// the whole query where it held a secret. History and shared links then do without it.
(() => {
  const url = new URL(location.href);
  if (document.querySelector("[data-forget]")) url.search = "";
  else if (url.searchParams.has("from")) url.searchParams.delete("from");
  if (url.href !== location.href) history.replaceState(history.state, "", url);
})();
