// Searching where there is no server: shows the best articles for a question before the list of all
// articles. How the question is read and answered is in still-words.js, still-mend.js and
// still-search.js. Nothing is sent and nothing is kept.
(() => {
  const place = document.querySelector('[data-index]');
  if (!place) return;
  const said = place.dataset;
  const lang = document.documentElement.lang;
  const SNIPPET = 110;
  // Where none answers for sure, more at once would pass for an answer.
  const NEAREST = 3;

  // Pieces of a text, marked where the question's words stand.
  const marked = (text, folded, marks) => {
    const on = new Uint8Array(text.length);
    for (const mark of marks) {
      for (let at = folded.indexOf(mark); at >= 0; at = folded.indexOf(mark, at + 1)) on.fill(1, at, at + mark.length);
    }
    const pieces = [];
    for (let at = 0; at < text.length;) {
      let end = at;
      while (end < text.length && on[end] === on[at]) end += 1;
      const piece = text.slice(at, end);
      pieces.push(on[at] ? make('mark', '', piece) : piece);
      at = end;
    }
    return pieces;
  };
  // The stretch of a text that holds most of the question's words.
  const snippet = (text, folded, marks) => {
    let [best, from] = [-1, 0];
    const starts = [0, ...[...folded.matchAll(/[。！？\n]/g)].map((found) => found.index + 1)];
    for (const start of starts) {
      const stretch = folded.slice(start, start + SNIPPET);
      const worth = marks.filter((mark) => stretch.includes(mark)).reduce((sum, mark) => sum + mark.length, 0);
      if (worth > best) [best, from] = [worth, start];
    }
    const end = Math.min(text.length, from + SNIPPET);
    const pieces = marked(text.slice(from, end).replaceAll('\n', ' '), folded.slice(from, end), marks);
    return [from > 0 ? '…' : '', ...pieces, end < text.length ? '…' : ''];
  };
  const make = (tag, style, ...inside) => {
    const element = document.createElement(tag);
    if (style) element.className = style;
    element.append(...inside);
    return element;
  };
  const fill = (text, name, what) => text.replace(`{${name}}`, () => what);
  const many = (text, n) => (text.includes('|') ? text.split('|')[n === 1 ? 0 : 1] : text).replace('{n}', n);
  const link = (article, section) => {
    const element = document.createElement('a');
    const path = article.id.split('/').map(encodeURIComponent).join('/');
    element.href = `articles/${path}.html${section?.anchor ? `#${encodeURIComponent(section.anchor)}` : ''}`;
    element.lang = article.lang;
    return element;
  };
  const show = (hit, { marks, fold }, index) => {
    const { article } = hit;
    const part = article.parts[hit.section];
    const title = link(article, part);
    title.append(...marked(article.title, fold(article.title), marks));
    const head = make('h2', '', title);
    if (article.urgent) head.append(' ', make('span', 'badge', said.urgent));
    const row = make('article', 'hit', head);
    if (part.heading) {
      const where = make('p', 'where', make('span', 'hide', `${said.section}：`), part.heading);
      row.append(where);
    }
    const text = hit.section === 0 && article.description ? article.description : part.text;
    const words = make('p', 'snippet', ...snippet(text, fold(text), marks));
    words.lang = article.lang;
    const meta = make('p', 'meta', make('span', '', index.categories[article.category]?.[lang] ?? ''));
    if (article.updated) {
      const [year, month, day] = article.updated.split('-').map(Number);
      const time = make('time', '', new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(Date.UTC(year, month - 1, day)));
      time.dateTime = article.updated;
      meta.append(time);
    }
    if (article.lang !== lang) meta.append(make('small', 'tongue', make('span', 'hide', `${said.written} `), article.language));
    row.append(words, meta);
    return row;
  };

  const head = document.querySelector('.results .head');
  const tell = (...children) => place.replaceChildren(...children);
  // A question as a link: `exact` is not mended.
  const again = (q, exact, text) => {
    const element = make('a', 'plain', text);
    element.href = `?${new URLSearchParams(exact ? { q, exact: 1 } : { q })}`;
    return element;
  };
  const answer = (q, exact, search, index) => {
    const results = search(q, exact);
    const title = fill(said.title, 'q', q);
    document.title = `${title} · ${document.title}`;
    const lead = make('div', 'head', make('h1', '', title));
    const status = make('p', 'count');
    status.setAttribute('role', 'status');
    lead.append(status);
    const { corrected, other } = results;
    if (corrected) lead.append(make('p', 'read', fill(said.corrected, 'q', corrected), ' ', again(q, true, fill(said.back, 'q', q))));
    if (other) lead.append(make('p', 'read', said.mean, again(other, false, other)));
    const parts = [lead];
    // Whose alarm is raised, or where the answer is sure, one that is nearly as good. Who names an alarm
    // waits for it, or to be called by the title (src/domain/results.rs).
    const near = results.hits.slice(0, results.sure ? 3 : 1).filter((hit) => hit.score >= results.hits[0].score * 0.8);
    const urgent = results.alarm ?? near.find((hit) => hit.article.urgent && (hit.article.alarm.length === 0 || hit.standing > 1))?.article;
    if (urgent) {
      const way = link(urgent);
      way.className = 'button alarm';
      way.append(said.open);
      const steps = urgent.parts.find((part) => part.heading && part.text.trim());
      const lines = steps?.text.split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 3) ?? [];
      const card = make('section', 'emergency', make('h2', '', said.emergency), make('p', 'what', urgent.title), make('ol', '', ...lines.map((line) => make('li', '', line))), way);
      card.lang = urgent.lang;
      parts.push(card);
    }
    if (!results.sure && results.hits.length > 0) parts.push(make('p', 'notice warn', said.unsure));
    const rows = results.hits.map((hit) => show(hit, results, index));
    parts.push(...rows.splice(0, results.sure ? rows.length : NEAREST));
    if (rows.length > 0) parts.push(make('details', 'far', make('summary', '', said.far), ...rows));
    if (results.hits.length === 0) parts.push(make('p', 'nothing', said.try));
    if (!results.sure) {
      const contact = make('a', 'button quiet', said.contact);
      contact.href = 'contact.html';
      parts.push(make('p', 'ways', contact));
    }
    tell(...parts);
    status.textContent = results.hits.length > 0 ? many(results.sure ? said.count : said.unsureCount, results.hits.length) : said.nothing;
    // What was the head of the page is now that of the list below.
    if (head) {
      head.querySelector('h1').replaceWith(make('h2', '', head.querySelector('h1').textContent));
      head.classList.add('part');
      head.querySelector('[role=status]')?.removeAttribute('role');
    }
  };
  // The index, fetched once; on the element, so that a test can ask many questions of one page.
  let loading;
  place.prepare = () => loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.addEventListener('load', () => resolve([place.rooms.search(script.index), script.index]));
    script.addEventListener('error', () => reject(new Error('no index')));
    script.src = said.index;
    document.head.append(script);
  });

  const url = new URL(location.href);
  const q = (url.searchParams.get('q') ?? '').trim().slice(0, 256);
  const exact = url.searchParams.has('exact');
  // A secret stays neither on the page nor in the address bar.
  if (!document.dispatchEvent(new CustomEvent('guard', { detail: url.searchParams.get('q') ?? '', cancelable: true }))) {
    url.search = '';
    history.replaceState(null, '', url);
    const warning = make('div', '', make('h2', '', said.secret), make('p', '', said.secretText));
    tell(make('section', 'verdict danger', warning));
    return;
  }
  if (!q) return;
  for (const box of document.querySelectorAll('form.search input[name=q]')) box.value = q;
  place.prepare().then(([search, index]) => answer(q, exact, search, index), () => tell(make('p', 'notice warn', said.broken)));
})();
