// Searching where there is no server: reads the question as the server reads it (folding, words,
// pairs, characters, filler, synonyms, slips), scores every article from its own text, and puts the
// results before the list of all articles. Nothing is sent and nothing is kept.
(() => {
  const place = document.querySelector('[data-index]');
  if (!place) return;
  const said = place.dataset;
  const lang = document.documentElement.lang;

  // Ranking: the server's formula without nearness, and its numbers for articles longer than a
  // question; they are explained there with their sources.
  const K1 = 1.2;
  const B = 0.75;
  const CHARACTER = 2;
  const ALL = CHARACTER + 2;
  const TITLE_IN_BODY = 3;
  const HEADING_IN_BODY = 2;
  const FILLER = 0.5;
  const SYNONYM = 0.9;
  const QUESTION_SHARE = 0.9;
  const OPENING_FAVOUR = 1.2;
  const CANDIDATES = 24;
  // Share of the question's content below which the best article is no more than the nearest.
  const SURE = 0.5;
  const LEAST = 0.2;
  const SNIPPET = 110;

  const HAN = /\p{Script=Han}/u;
  const LETTER = /[\p{L}\p{N}]/u;
  const isHan = (c) => HAN.test(c);
  const isLatin = (c) => c !== undefined && LETTER.test(c) && !HAN.test(c);

  const engine = (index) => {
    const folds = new Map([...index.fold[0]].map((c, i) => [c, [...index.fold[1]][i]]));
    // One character for one, so that places in the folded text are places in the text.
    const fold = (text) => text.replace(/[^\n -@[-~]/g, (c) => {
      const plain = c.normalize('NFKC').toLowerCase();
      const one = plain.length === 1 ? plain : c;
      return folds.get(one) ?? one;
    });
    const letters = (text) => [...fold(text)].filter((c) => LETTER.test(c)).join('');

    const counts = new Map(index.words.map((word, i) => [word, index.counts[i]]));
    const total = index.counts.reduce((sum, n) => sum + n, 0) + 1;
    const longest = Math.max(...index.words.map((word) => word.length));
    const kinds = new Map(index.filler.map((word) => [word, -1]));
    index.asking.forEach((forms, line) => forms.forEach((form) => kinds.set(form, line)));

    const articles = index.articles.map((article) => ({
      ...article,
      called: fold(article.title),
      questions: article.asked.map(fold),
      extra: [...article.more, article.description].map(fold).join('\n'),
      parts: article.sections.map(([anchor, heading, text]) => ({ anchor, heading, text, head: fold(heading), body: fold(text) })),
    }));
    const sections = articles.flatMap((article) => article.parts.map((part, i) => (
      [article.called, part.head, part.body, ...(i === 0 ? [...article.questions, article.extra] : [])].join('\n'))));
    const mean = (numbers) => Math.max(1, numbers.reduce((sum, n) => sum + n, 0) / Math.max(1, numbers.length));
    const size = (part) => part.body.length + part.head.length * HEADING_IN_BODY;
    const titleChars = mean(articles.map((article) => article.called.length));
    const sectionChars = mean(articles.flatMap((article) => article.parts.map((part) => size(part) + article.called.length * TITLE_IN_BODY)));
    const articleChars = mean(articles.map((article) => article.parts.reduce((sum, part) => sum + size(part), article.called.length * TITLE_IN_BODY)));

    // Words of a run of Han characters: the likeliest cut by how often the articles have each word.
    const cut = (run) => {
      const best = [{ cost: 0, from: 0 }];
      for (let end = 1; end <= run.length; end += 1) {
        best[end] = { cost: Infinity, from: end - 1 };
        for (let from = Math.max(0, end - longest); from < end; from += 1) {
          const count = counts.get(run.slice(from, end)) ?? (end - from === 1 ? 0.5 : 0);
          const cost = count ? best[from].cost - Math.log(count / total) : Infinity;
          if (cost < best[end].cost) best[end] = { cost, from };
        }
      }
      const words = [];
      for (let end = run.length; end > 0; end = best[end].from) words.unshift([best[end].from, end]);
      return words;
    };
    // Where words stand in a text, Latin runs whole.
    const units = (text) => [...text.matchAll(/\p{Script=Han}+|[\p{L}\p{N}]+?(?=\p{Script=Han}|[^\p{L}\p{N}]|$)/gu)].flatMap((found) => {
      const at = found.index;
      if (!isHan(found[0][0])) return [{ start: at, end: at + found[0].length }];
      return cut(found[0]).map(([from, end]) => ({ start: at + from, end: at + end }));
    });
    // Filler and asking: whole words, or several that together are one of the phrases and become one.
    const classify = (parts, text) => {
      for (let at = 0; at < parts.length; at += 1) {
        for (let many = Math.min(4, parts.length - at); many >= 1; many -= 1) {
          const { start } = parts[at];
          const { end } = parts[at + many - 1];
          const kind = kinds.get(text.slice(start, end));
          if (kind === undefined) continue;
          parts.splice(at, many, { start, end, kind });
          break;
        }
      }
      return parts;
    };

    const held = new Map();
    const frequency = (needle) => {
      if (!held.has(needle)) held.set(needle, sections.filter((text) => count(text, needle) > 0).length);
      return held.get(needle);
    };
    const count = (text, needle) => {
      const latin = [isLatin(needle[0]), isLatin(needle.at(-1))];
      let found = 0;
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
        if (latin[0] && isLatin(text[at - 1]) || latin[1] && isLatin(text[at + needle.length])) continue;
        found += 1;
      }
      return found;
    };
    const idf = (n) => Math.log(1 + (sections.length - n + 0.5) / (n + 0.5));

    // Sounds: how a word is mistyped, and how it is typed in letters.
    const sounds = new Map();
    for (const [syllable, characters] of Object.entries(index.sounds)) {
      for (const c of characters) sounds.set(c, [...(sounds.get(c) ?? []), syllable]);
    }
    const speak = (word) => [...word].reduce((ways, c) => ways.flatMap((way) => (sounds.get(c) ?? []).map((s) => `${way} ${s}`)).slice(0, 8), ['']);
    const spoken = new Map();
    for (const word of index.words) {
      if (word.length < 2 || word.length > 5 || (frequency(word) === 0 && !kinds.has(word))) continue;
      for (const way of speak(word)) if (!spoken.has(way)) spoken.set(way, word);
    }
    const letterly = new Map([...spoken].map(([way, word]) => [way.replaceAll(' ', ''), word]));
    const initials = new Map();
    for (const [way, word] of spoken) {
      const short = way.replace(/ ([a-z])[a-z]*/g, '$1');
      if (word.length > 2 && !initials.has(short)) initials.set(short, word);
    }
    const usual = new Map(Object.entries(index.sounds).map(([syllable, characters]) => (
      [syllable, [...characters].reduce((a, b) => (frequency(b) > frequency(a) ? b : a))])));
    // The fewest words that are spelt so; a lone syllable is the character used most.
    const spelt = (run, isAll) => {
      const ways = [{ cost: 0, words: [] }];
      for (let end = 1; end <= run.length; end += 1) {
        for (let from = 0; from < end; from += 1) {
          const letters = run.slice(from, end);
          const word = letterly.get(letters) ?? (isAll && usual.get(letters));
          if (!ways[from] || !word) continue;
          const cost = ways[from].cost + (word.length > 1 ? 1 : 3);
          if (!ways[end] || cost < ways[end].cost) ways[end] = { cost, words: [...ways[from].words, word] };
        }
      }
      return ways[run.length]?.words.join('') ?? initials.get(run);
    };
    // What was meant, where what was typed stands nowhere.
    const mend = (text) => {
      let meant = text;
      for (const [wrong, right] of Object.entries(index.slips)) {
        if (frequency(wrong) === 0) meant = meant.replaceAll(wrong, right);
      }
      const isLatinOnly = /^[a-z ]+$/.test(meant);
      const unknown = (run) => run.split(' ').some((piece) => frequency(piece) === 0);
      meant = meant.replace(isLatinOnly ? /^.+$/ : /[a-z]{3,}/g, (run) => (unknown(run) && spelt(run.replaceAll(' ', ''), isLatinOnly)) || run);
      for (let many = 4; many >= 2; many -= 1) {
        for (let at = 0; at + many <= meant.length; at += 1) {
          const piece = meant.slice(at, at + many);
          if (![...piece].every(isHan) || frequency(piece) > 0 || counts.has(piece)) continue;
          // Two characters sound like too much: they are mended only where they are all that is asked.
          if (many === 2 && meant.length > 4) continue;
          const word = speak(piece).map((way) => spoken.get(way)).find(Boolean);
          if (word) meant = meant.slice(0, at) + word + meant.slice(at + many);
        }
      }
      return meant;
    };

    // What is looked for, with weights; and each word with those that stand for it.
    const plan = (text) => {
      const parts = classify(units(text), text);
      const onlyFiller = parts.every((part) => part.kind !== undefined);
      const needles = new Map();
      const concepts = [];
      const worth = (start, end) => {
        let sum = 0;
        let content = false;
        for (let at = start; at < end; at += 1) {
          const carries = onlyFiller || parts.find((part) => part.start <= at && at < part.end)?.kind === undefined;
          sum += carries ? 1 : FILLER;
          content ||= carries;
        }
        return { weight: sum / (end - start), content };
      };
      const add = (start, end, channel) => {
        const needle = text.slice(start, end);
        const { weight, content } = worth(start, end);
        const known = needles.get(needle) ?? { needle, weight: 0, content: false, own: true, start, end };
        known.weight = Math.max(known.weight, channel * weight);
        known.content ||= content;
        needles.set(needle, known);
      };
      for (let at = 0; at < text.length; at += 1) {
        if (!isHan(text[at])) continue;
        add(at, at + 1, CHARACTER);
        if (at + 1 < text.length && isHan(text[at + 1])) add(at, at + 2, 1);
      }
      for (const { start, end } of parts) {
        if (!isHan(text[start])) { add(start, end, ALL); continue; }
        add(start, end, { 1: CHARACTER + 1, 2: 2 }[end - start] ?? 1);
        // Shorter words inside a long one count as words, too.
        for (let from = start; from < end; from += 1) {
          for (let to = from + 2; to <= end; to += 1) {
            if (to - from < end - start && counts.has(text.slice(from, to))) add(from, to, to - from < 3 ? 2 : 1);
          }
        }
      }
      // A shorter word within a longer one has others of its own.
      for (let at = 0; at < parts.length; at += 1) {
        for (let many = Math.min(6, parts.length - at); many >= 1; many -= 1) {
          const { start } = parts[at];
          const { end } = parts[at + many - 1];
          const word = text.slice(start, end);
          const line = many === 1 && parts[at].kind >= 0 ? index.asking[parts[at].kind] : undefined;
          const others = index.synonyms[word] ?? line?.filter((form) => form !== word);
          if (!others) continue;
          const filler = parts.slice(at, at + many).every((part) => part.kind !== undefined);
          const alternatives = others.slice(0, 8).filter((other) => !needles.has(other));
          alternatives.forEach((other) => needles.set(other, { needle: other, weight: 0, content: !filler, own: false, start, end }));
          if (alternatives.length > 0) concepts.push({ start, end, alternatives });
          break;
        }
      }
      const list = [...needles.values()];
      for (const each of list) {
        const n = frequency(each.needle);
        each.idf = idf(n);
        // Two characters of two words that never stand together say nothing of what is missing.
        each.content &&= n > 0 || parts.some((part) => part.start === each.start && part.end === each.end);
      }
      // A synonym is worth a share of the reader's word, less where the articles use that word themselves.
      for (const concept of concepts) {
        const own = list.filter((n) => n.own && concept.start <= n.start && n.end <= concept.end);
        const rarest = Math.max(0, ...own.filter((n) => n.needle.length > 1).map((n) => n.idf));
        const all = own.reduce((sum, n) => sum + n.idf * n.weight, 0);
        const withWord = frequency(text.slice(concept.start, concept.end));
        for (const other of concept.alternatives) {
          const each = needles.get(other);
          if (rarest > 0) each.idf = Math.min(each.idf, rarest);
          const withOther = frequency(other);
          const used = Math.sqrt(withOther / Math.max(1, withOther + withWord));
          const whole = all / (rarest || each.idf || 1);
          each.weight = SYNONYM * used * (ALL * (each.content ? 1 : FILLER) + whole) / 2;
        }
        concept.places = concept.alternatives.map((other) => list.indexOf(needles.get(other)));
      }
      return { text, list, concepts };
    };

    const read = (field, { list }, text, times) => {
      list.forEach(({ needle }, i) => { field.counts[i] += count(text, needle) * times; });
      field.chars += text.length * times;
      return field;
    };
    const empty = ({ list }) => ({ counts: list.map(() => 0), chars: 0 });
    const join = (field, other, times) => {
      other.counts.forEach((n, i) => { field.counts[i] += n * times; });
      field.chars += other.chars * times;
      return field;
    };
    const value = (field, query, usual) => {
      const norm = K1 * (1 - B + B * field.chars / usual);
      const shares = query.list.map(({ weight, idf: rare }, i) => {
        const n = field.counts[i];
        return n > 0 ? weight * rare * (K1 + 1) * n / (n + norm) : 0;
      });
      for (const { start, end, places } of query.concepts) {
        const own = query.list.reduce((sum, n, i) => sum + (n.own && start <= n.start && n.end <= end ? shares[i] : 0), 0);
        const best = places.reduce((a, b) => (shares[b] > shares[a] ? b : a));
        for (const at of places) shares[at] = at === best ? Math.max(0, shares[at] - own) : 0;
      }
      return shares.reduce((sum, share) => sum + share, 0);
    };
    const coverage = ({ list, concepts }, field) => {
      let some = 0;
      let all = 0;
      list.forEach((n, i) => {
        if (!n.own || !n.content) return;
        all += n.weight * n.idf;
        const stood = concepts.some((c) => c.start <= n.start && n.end <= c.end && c.places.some((at) => field.counts[at] > 0));
        if (field.counts[i] > 0 || stood) some += n.weight * n.idf;
      });
      return all > 0 ? some / all : 0;
    };
    const score = (article, query) => {
      const title = read(empty(query), query, article.called, 1);
      const extra = read(empty(query), query, article.extra, 1);
      let titleScore = value(title, query, titleChars);
      for (const question of article.questions) {
        const asked = read(empty(query), query, question, 1);
        join(extra, asked, 1);
        titleScore = Math.max(titleScore, value(asked, query, titleChars) * QUESTION_SHARE);
      }
      const whole = join(join(empty(query), title, TITLE_IN_BODY), extra, 1);
      let best = -1;
      let named = 0;
      let highest = 0;
      article.parts.forEach((part, at) => {
        const field = read(read(empty(query), query, part.body, 1), query, part.head, HEADING_IN_BODY);
        join(whole, field, 1);
        join(field, title, TITLE_IN_BODY);
        if (at === 0) join(field, extra, 1);
        const mine = value(field, query, sectionChars);
        if (at === 0 || mine > best * (named === 0 ? OPENING_FAVOUR : 1)) [best, named] = [mine, at];
        highest = Math.max(highest, mine);
      });
      const wholeScore = value(whole, query, articleChars);
      const body = article.parts.length > 1 ? (highest + wholeScore) / 2 : wholeScore;
      return { article, score: body + titleScore, section: named, coverage: coverage(query, whole) };
    };

    const isTraditional = (text) => [...text].some((c) => folds.has(c) && c !== '帐');
    const speaks = (q, tag) => {
      if (!HAN.test(q)) return !tag.startsWith('zh');
      return /^zh-(TW|HK|Hant)/.test(tag) ? isTraditional(q) : tag.startsWith('zh') && !isTraditional(q);
    };

    // The best articles for a question, each text in one language only.
    return (q) => {
      const typed = fold(q).replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '');
      const text = mend(typed);
      const query = plan(text);
      const name = letters(q);
      let found = articles.map((article) => score(article, query)).filter((hit) => hit.score > 0 && hit.coverage > 0);
      for (const hit of found) {
        const isCalled = [hit.article.title, ...hit.article.asked].some((each) => letters(each) === name);
        hit.standing = hit.article.pins.some((pin) => letters(pin) === name) ? 2 : Number(isCalled);
      }
      found.sort((a, b) => b.standing - a.standing || b.score - a.score || a.article.id.localeCompare(b.article.id));
      const roots = new Map();
      for (const hit of found) {
        const first = roots.get(hit.article.root);
        if (!first) { roots.set(hit.article.root, { ...hit }); continue; }
        if (!speaks(q, first.article.lang) && speaks(q, hit.article.lang)) Object.assign(first, { article: hit.article, section: hit.section });
      }
      found = [...roots.values()].filter((hit) => hit.coverage >= LEAST).slice(0, CANDIDATES);
      const marks = query.list.filter((n) => n.content && (n.needle.length > 1 || query.list.length < 4)).map((n) => n.needle);
      return { hits: found, corrected: text === typed ? '' : text, sure: found.length > 0 && (found[0].coverage >= SURE || found[0].standing > 0), marks, fold };
    };
  };

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
    title.append(...marked(article.title, article.called, marks));
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
  const answer = (q, search, index) => {
    const results = search(q);
    const title = fill(said.title, 'q', q);
    document.title = `${title} · ${document.title}`;
    const lead = make('div', 'head', make('h1', '', title));
    const status = make('p', 'count');
    status.setAttribute('role', 'status');
    lead.append(status);
    if (results.corrected) lead.append(make('p', 'read', fill(said.corrected, 'q', results.corrected)));
    const parts = [lead];
    const [first] = results.hits;
    if (first?.article.urgent && results.sure) {
      const way = link(first.article);
      way.className = 'button alarm';
      way.append(said.open);
      const steps = first.article.parts.find((part) => part.heading && part.text.trim());
      const lines = steps?.text.split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 3) ?? [];
      const card = make('section', 'emergency', make('h2', '', said.emergency), make('p', 'what', first.article.title), make('ol', '', ...lines.map((line) => make('li', '', line))), way);
      card.lang = first.article.lang;
      parts.push(card);
    }
    if (!results.sure && results.hits.length > 0) parts.push(make('p', 'notice warn', said.unsure));
    parts.push(...results.hits.map((hit) => show(hit, results, index)));
    if (results.hits.length === 0) parts.push(make('p', 'nothing', said.try));
    if (!results.sure) {
      const contact = make('a', 'button quiet', said.contact);
      contact.href = 'contact.html';
      parts.push(make('p', 'ways', contact));
    }
    tell(...parts);
    status.textContent = results.hits.length > 0 ? many(said.count, results.hits.length) : said.nothing;
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
    script.addEventListener('load', () => resolve([engine(script.index), script.index]));
    script.addEventListener('error', () => reject(new Error('no index')));
    script.src = said.index;
    document.head.append(script);
  });

  const url = new URL(location.href);
  const q = (url.searchParams.get('q') ?? '').trim().slice(0, 256);
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
  place.prepare().then(([search, index]) => answer(q, search, index), () => tell(make('p', 'notice warn', said.broken)));
})();
