// Finds the articles that answer a question where there is no server, by the server's rules
// (src/search): what is looked for, what it is worth, how sure the best is. The numbers are explained
// there with their sources. Only copies of one text and what readers voted are not looked at here.
(() => {
  const place = document.querySelector('[data-index]');
  if (!place) return;
  const rooms = place.rooms ??= {};

  const K1 = 1.2;
  const B = 0.75;
  const TITLE_IN_BODY = 3;
  const HEADING_IN_BODY = 2;
  const FILLER = 0.5;
  const SYNONYM = 0.9;
  const NEAR = 2;
  const QUESTION_SHARE = 0.9;
  const OPENING_FAVOUR = 1.2;
  const STUB_SHARE = 0.6;
  const DEPTH = 24;
  const TAIL_KEPT = 10;
  const TAIL_SHARE = 0.3;
  const MENDED_BELOW = 0.85;
  const MENDED_GAIN = 0.05;
  const SURE = 0.44;
  const MARKED_FROM = 0.4;
  const CONTENT = -2;
  const HAN = /\p{Script=Han}/u;
  const AMOUNT = /^[0-9零〇一二三四五六七八九十百千万亿两几半数]+[个天年月日号元块角分次份张页位秒时周岁遍条]*$/;

  // Counts needles in a text in one pass over its codes.
  const scanner = (needles, { kind }) => {
    const tails = new Map();
    const ends = new Uint8Array(0x10000);
    const isLatin = (code) => kind[code] > 1;
    const joins = (a, b) => isLatin(a) && kind[a] === kind[b];
    needles.forEach((text, needle) => {
      const codes = [...text].map((c) => c.charCodeAt(0));
      const last = codes.at(-1);
      ends[last] = 1;
      if (!tails.has(last)) tails.set(last, []);
      tails.get(last).push({ needle, codes, latinStart: isLatin(codes[0]), latinEnd: isLatin(last) });
    });
    const S = 115;
    // A Latin needle may end at a border, or before a plural's s.
    const stops = (codes, at) => {
      const [last, next, after] = [codes[at], codes[at + 1], codes[at + 2]];
      return next === undefined || !joins(last, next) || (next === S && kind[last] === 2 && (after === undefined || !joins(S, after)));
    };
    return (codes, found) => {
      for (let at = 0; at < codes.length; at += 1) {
        if (ends[codes[at]] === 0) continue;
        for (const { needle, codes: own, latinStart, latinEnd } of tails.get(codes[at])) {
          const start = at + 1 - own.length;
          let same = own.length - 2;
          while (same >= 0 && codes[start + same] === own[same]) same -= 1;
          if (same >= 0 || start < 0) continue;
          if (latinStart && start > 0 && joins(codes[start - 1], codes[start])) continue;
          if (latinEnd && !stops(codes, at)) continue;
          found(needle, start);
        }
      }
    };
  };

  rooms.search = (index) => {
    const words = rooms.words(index);
    const { articles, sections, isHan, isTraditional, frequency, folded, letters, synonyms } = words;
    const { measures } = index;
    const titleInBody = 1 + (TITLE_IN_BODY - 1) * measures.strength;
    const CHARACTER = 2 + 6 * measures.brevity;
    const ALL = CHARACTER + 2;
    const idf = (n) => Math.log(1 + Math.max(0, sections - n + 0.5) / (n + 0.5));
    let mending;

    // Characters, Latin words and numbers of a text; a blank for whatever stands between, before and after
    // them (src/text/units.rs).
    const units = (text) => {
      const found = [{ text: ' ', start: 0, end: 0 }];
      for (const { 0: unit, index: start } of text.matchAll(/[a-z]+|[0-9]+|[^]/gu)) {
        if (/[\p{L}\p{N}]/u.test(unit)) found.push({ text: unit, start, end: start + unit.length });
        else if (found.at(-1).text !== ' ') found.push({ text: ' ', start, end: start + unit.length });
      }
      if (found.at(-1).text !== ' ') found.push({ text: ' ', start: text.length, end: text.length });
      return found;
    };
    // How likely each character belongs to what a question is about (src/text/salience.rs).
    const weights = new Map(index.salience.features.split('\n').map((feature, i) => [feature, index.salience.weights[i]]));
    const salience = (text) => {
      const read = units(text);
      const salient = new Float64Array(text.length);
      const of = (at) => read[at]?.text ?? ' ';
      read.forEach(({ text: own, start, end }, at) => {
        if (own === ' ') return;
        const features = ['*', `=${own}`, `<${of(at - 1)}${own}`, `>${own}${of(at + 1)}`, `-${of(at - 1)}`, `+${of(at + 1)}`,
          `--${of(at - 2)}${of(at - 1)}`, `++${of(at + 1)}${of(at + 2)}`,
          `l${Math.min(6, Math.floor(read.length / 6))}`, `s${Math.min(3, at)}`, `e${Math.min(4, read.length - 1 - at)}`];
        const sum = features.reduce((all, feature) => all + (weights.get(feature) ?? 0), 0);
        salient.fill(1 / (1 + Math.exp(-sum / 100)), start, end);
      });
      return salient;
    };

    // What is looked for: needles with their weights, and of each word those that stand for it.
    const plan = (text) => {
      const { units, parts } = words.parts(text);
      const salient = salience(text);
      const onlyFiller = parts.every((part) => part.kind !== CONTENT);
      const carries = new Uint8Array(text.length).fill(1);
      if (!onlyFiller) for (const part of parts) if (part.kind !== CONTENT) carries.fill(0, part.start, part.end);
      const numbers = new Map();
      const needles = [];
      const add = (needle, start, end, channel) => {
        const own = carries.subarray(start, end);
        const weight = channel * own.reduce((sum, each) => sum + (each ? 1 : FILLER), 0) / own.length;
        // Marked are words that carry meaning as a whole, and pieces that are words themselves; a single
        // character where the question is about it.
        const begins = (at) => isHan(text[at]) !== isHan(text[at - 1]) || !parts.some((part) => part.start < at && at < part.end);
        const isWhole = begins(start) && begins(end);
        const shows = () => (end - start > 1 ? isWhole || words.isWord(needle) : isWhole && salient[start] >= MARKED_FROM);
        const marks = !own.includes(0) && (!isHan(needle) || shows());
        const known = needles[numbers.get(needle)];
        if (known) {
          known.weight = Math.max(known.weight, weight);
          known.content ||= own.includes(1);
          known.marks ||= marks;
          return;
        }
        numbers.set(needle, needles.length);
        needles.push({ needle, weight, content: own.includes(1), marks, own: true, start, end });
      };
      for (let at = 0; at < text.length; at += 1) {
        if (!isHan(text[at])) continue;
        add(text[at], at, at + 1, CHARACTER);
        if (isHan(text[at + 1])) add(text.slice(at, at + 2), at, at + 2, 1);
      }
      words.latin(text, (run, start, end) => add(run, start, end, ALL));
      for (const { start, end } of units.filter((unit) => isHan(text[unit.start]))) {
        // Shorter words inside a long one count as words, too.
        for (let from = start; from < end; from += 1) {
          for (let to = from + 1; to <= end; to += 1) {
            const isWhole = to - from === end - start;
            if (!isWhole && (to - from < 2 || !words.isWord(text.slice(from, to)))) continue;
            add(text.slice(from, to), from, to, { 1: CHARACTER + 1, 2: 2 }[to - from] ?? 1);
          }
        }
      }
      const concepts = [];
      const seen = new Set();
      // A shorter word within a longer one has others of its own; 反悔了 is 反悔, too.
      for (let at = 0; at < parts.length; at += 1) {
        for (let many = Math.min(6, parts.length - at); many >= 1; many -= 1) {
          const { start } = parts[at];
          const { end, kind } = parts[at + many - 1];
          const word = text.slice(start, end);
          let others = synonyms.get(word);
          if (others && many > 1 && kind === -1) others = [...new Set([...others, ...synonyms.get(text.slice(start, parts[at + many - 2].end)) ?? []])];
          if (many === 1 && kind >= 0) others ??= index.asking[kind].filter((form) => form !== word);
          if (!others) continue;
          if (seen.has(word)) break;
          seen.add(word);
          const content = parts.slice(at, at + many).some((part) => part.kind === CONTENT);
          const own = [...needles.keys()].filter((i) => needles[i].own && start <= needles[i].start && needles[i].end <= end);
          const alternatives = [];
          for (const other of others.slice(0, 8)) {
            const known = needles[numbers.get(other)];
            // A word that also stands in the question counts there, another word for a longer one here with that.
            if (known && (known.own || (known.start < end && start < known.end))) continue;
            if (!known) {
              numbers.set(other, needles.length);
              needles.push({ needle: other, weight: 0, content, marks: content && other.length > 1, own: false, start, end });
            }
            alternatives.push(numbers.get(other));
          }
          if (alternatives.length > 0) concepts.push({ start, end, own, alternatives });
          break;
        }
      }
      for (const each of needles) {
        each.n = frequency(each.needle);
        each.idf = idf(each.n);
      }
      // A synonym is worth a share of the reader's word, less where the articles use that word themselves.
      for (const { start, end, own, alternatives } of concepts) {
        const rarest = Math.max(0, ...own.map((i) => needles[i]).filter((n) => n.needle.length > 1).map((n) => n.idf));
        const worth = own.reduce((sum, i) => sum + needles[i].idf * needles[i].weight, 0);
        const withWord = frequency(text.slice(start, end));
        for (const each of alternatives.map((i) => needles[i])) {
          if (rarest > 0) each.idf = Math.min(each.idf, rarest);
          const used = Math.sqrt(each.n / Math.max(1, each.n + withWord));
          const whole = worth / (rarest || each.idf || 1);
          each.weight = Math.max(each.weight, SYNONYM * used * (ALL * (each.content ? 1 : FILLER) + whole) / 2);
        }
      }
      // The words that carry meaning, each once, with the needles that stand for them.
      const asked = [];
      for (const part of parts.filter((each) => each.kind === CONTENT)) {
        if (asked.some((each) => each.text === part.text)) continue;
        const own = numbers.get(part.text);
        if (own === undefined || !needles[own].own) continue;
        const standing = [own, ...concepts.filter((c) => c.own.includes(own)).flatMap((c) => c.alternatives)];
        asked.push({ text: part.text, start: part.start, end: part.end, worth: needles[own].idf, standing, isKnown: standing.some((i) => needles[i].n > 0) });
      }
      // A greeting or the like, so that an article may hold all of it and answer nothing.
      const saysNothing = onlyFiller && !concepts.some(({ start }) => parts.some((part) => part.kind === -1 && part.start <= start && start < part.end));
      const quoted = [...text.matchAll(/"([^"]+)"|“([^”]+)”|「([^」]+)」|『([^』]+)』/g)].map((found) => found.slice(1).find(Boolean).trim()).filter((phrase) => letters(phrase));
      return { text, salient, parts, needles, concepts, asked, saysNothing, quoted, scan: scanner(needles.map((n) => n.needle), words) };
    };

    const empty = ({ needles }) => ({ counts: new Float64Array(needles.length), chars: 0, any: false });
    const read = (field, { scan }, text, times) => {
      scan(text.codes, (needle) => { field.counts[needle] += times; field.any = true; });
      field.chars += text.chars * times;
      return field;
    };
    const join = (field, other, times) => {
      field.chars += other.chars * times;
      if (!other.any) return field;
      for (let i = 0; i < field.counts.length; i += 1) field.counts[i] += other.counts[i] * times;
      field.any = true;
      return field;
    };
    const value = (field, { needles, concepts }, usual) => {
      if (!field.any) return 0;
      const norm = K1 * (1 - B + B * field.chars / usual);
      const shares = needles.map(({ weight, idf: rare }, i) => {
        const n = field.counts[i];
        return n > 0 ? weight * rare * (K1 + 1) * n / (n + norm) : 0;
      });
      // Of synonyms only what the best of them adds to the reader's own word; one that two words share
      // counts for the one to which it adds more.
      const kept = concepts.map(({ own, alternatives }) => {
        const best = alternatives.reduce((a, b) => (shares[b] >= shares[a] ? b : a));
        return [best, Math.max(0, shares[best] - own.reduce((sum, i) => sum + shares[i], 0))];
      });
      for (const { alternatives } of concepts) for (const i of alternatives) shares[i] = 0;
      for (const [i, share] of kept) shares[i] = Math.max(shares[i], share);
      return shares.reduce((sum, share) => sum + share, 0);
    };
    // Share of the question's content that stands where these counts are of.
    const coverage = ({ needles, concepts }, counts) => {
      const held = new Set(concepts.filter((c) => c.alternatives.some((i) => counts[i] > 0)).flatMap((c) => c.own));
      let some = 0;
      let all = 0;
      needles.forEach((n, i) => {
        if (!n.own || !n.content) return;
        all += n.weight * n.idf;
        if (counts[i] > 0 || held.has(i)) some += n.weight * n.idf;
      });
      return all > 0 ? some / all : 0;
    };
    const score = (article, query) => {
      const title = read(empty(query), query, article.called, 1);
      const extra = empty(query);
      let titleScore = value(title, query, measures.title);
      for (const question of article.questions) {
        const asked = read(empty(query), query, question, 1);
        join(extra, asked, 1);
        titleScore = Math.max(titleScore, value(asked, query, measures.title) * QUESTION_SHARE);
      }
      for (const text of article.extra) read(extra, query, text, 1);
      const whole = join(join(empty(query), title, titleInBody), extra, 1);
      let [best, named, highest] = [0, 0, 0];
      article.parts.forEach((part, at) => {
        const field = read(read(empty(query), query, part.body, 1), query, part.head, HEADING_IN_BODY);
        join(whole, field, 1);
        join(field, title, titleInBody);
        if (at === 0) join(field, extra, 1);
        const mine = value(field, query, measures.section);
        if (at === 0 || mine > best * (named === 0 ? OPENING_FAVOUR : 1)) [best, named] = [mine, at];
        highest = Math.max(highest, mine);
      });
      const wholeScore = value(whole, query, measures.article);
      const body = article.parts.length > 1 ? (highest + wholeScore) / 2 : wholeScore;
      return { article, score: body + titleScore * measures.strength, section: named, counts: whole.counts, coverage: coverage(query, whole.counts) };
    };

    const fields = (article) => [article.called, ...article.questions, ...article.extra, ...article.parts.flatMap((part) => [part.head, part.body])];
    // What the nearness of the words in an article is worth.
    const nearness = (article, { asked, needles, scan }) => {
      const some = asked.slice(0, 12);
      if (some.length < 2) return 0;
      const worth = some.map(({ standing }) => Math.max(0, ...standing.map((i) => needles[i].idf)));
      const places = some.map(() => []);
      let from = 0;
      for (const text of fields(article)) {
        scan(text.codes, (needle, start) => some.forEach(({ standing }, i) => {
          if (places[i].length < 32 && standing.includes(needle) && places[i].at(-1) !== from + start) places[i].push(from + start);
        }));
        from += text.codes.length + 1;
      }
      let sum = 0;
      const present = places.filter((found) => found.length > 0).length;
      places.forEach((first, i) => places.slice(i + 1).forEach((second, j) => {
        const distances = first.map((a) => Math.min(Infinity, ...second.map((b) => Math.abs(a - b)))).filter((distance) => distance <= 10);
        const near = distances.reduce((all, distance) => all + 1 / (1 + distance / 8), 0);
        sum += Math.min(worth[i], worth[i + 1 + j]) * near / (near + 1.2);
      }));
      return NEAR * sum / Math.max(1, (present - 1) / 2);
    };
    // How the question stands to what an article is called: pinned 3, the same 2, one holds the other 1.
    const named = ({ pins, names }, name) => (pins.includes(name) ? 3 : names.includes(name) ? 2 : 0);
    const standing = (article, name, query) => {
      const { names, called, questions } = article;
      if (named(article, name) > 0) return named(article, name);
      return Math.max(...names.map((own, at) => {
        if (own.length < 4 || !name.includes(own)) return Number(name.length >= 8 && name.length * 2 > own.length && own.includes(name));
        return Number(coverage(query, read(empty(query), query, [called, ...questions][at], 1).counts) >= 0.7);
      }));
    };
    const speaks = (q, tag) => {
      // A lone word in letters, as gas, is no English question.
      if (!HAN.test(q)) return /\s/.test(q.trim()) ? !tag.startsWith('zh') : tag === document.documentElement.lang;
      return /^zh-(TW|HK|Hant)/.test(tag) ? isTraditional(q) : tag.startsWith('zh') && !isTraditional(q);
    };

    // One reading of a question: what it looks for, and the best articles, each text in one language only.
    const answer = (text, q) => {
      const query = plan(text);
      const name = letters(text);
      // What one of its languages is called, a text is called in all.
      const calledSo = new Map();
      for (const article of articles) if (named(article, name) > 0) calledSo.set(article.root, Math.max(named(article, name), calledSo.get(article.root) ?? 0));
      const all = articles.map((article) => score(article, query)).filter((hit) => hit.score > 0 || calledSo.has(hit.article.root));
      const roots = new Map();
      for (const hit of all.sort((a, b) => b.score - a.score || (a.article.id < b.article.id ? -1 : 1))) {
        const first = roots.get(hit.article.root);
        if (!first) roots.set(hit.article.root, hit);
        else if (!speaks(q, first.article.lang) && speaks(q, hit.article.lang)) roots.set(hit.article.root, { ...hit, score: first.score });
      }
      let hits = [...roots.values()].map((hit) => ({ ...hit, standing: Math.max(calledSo.get(hit.article.root) ?? 0, standing(hit.article, name, query)) }));
      const holds = ({ article }) => query.quoted.every((phrase) => fields(article).some((field) => words.written(field.codes).includes(phrase)));
      if (query.quoted.length > 0 && hits.some(holds)) hits = hits.filter(holds);
      hits = hits.sort((a, b) => b.standing - a.standing || b.score - a.score).slice(0, DEPTH);
      for (const hit of hits) {
        hit.score += nearness(hit.article, query);
        if (hit.article.isStub) hit.score *= STUB_SHARE + (1 - STUB_SHARE) * measures.brevity;
        hit.step = Math.trunc(Math.log(Math.max(hit.score, Number.MIN_VALUE)) * 100);
      }
      const day = (hit) => hit.article.updated ?? '';
      hits.sort((a, b) => b.standing - a.standing || b.step - a.step || (day(a) === day(b) ? b.score - a.score : day(a) < day(b) ? 1 : -1));
      const least = (hits[0]?.score ?? 0) * TAIL_SHARE;
      hits = hits.filter((hit, at) => at < TAIL_KEPT || hit.score >= least);
      return { query, hits, coverage: hits[0]?.coverage ?? 0, unknown: query.needles.filter((n) => n.own && n.content && n.n === 0).length };
    };

    // What a frightened question means (src/text/alarm.rs): the number of the meaning, if any.
    const told = index.alarm && new Map(index.alarm.grams.split('\n').map((gram, i) => [gram, index.alarm.weights.slice(i * index.alarm.names.length, (i + 1) * index.alarm.names.length)]));
    const meaning = (text) => {
      const named = index.alarm.names.findIndex((names) => names.includes(text.trim()));
      if (named >= 0) return named;
      const read = units(text).map((unit) => unit.text);
      const features = new Set([...read.filter((unit) => unit !== ' '), ...read.slice(1).map((unit, i) => read[i] + unit)]);
      if (features.size <= index.alarm.alone) return -1;
      const sums = told.get('*').map((weight) => weight / 100);
      for (const gram of features) told.get(gram)?.forEach((weight, i) => { sums[i] += weight / 100 / Math.sqrt(Math.max(features.size, index.alarm.least)); });
      const likely = sums.map(Math.exp);
      const some = likely.reduce((a, b) => a + b);
      return some / (1 + some) >= index.alarm.bar ? likely.indexOf(Math.max(...likely)) : -1;
    };
    // The urgent article whose alarm the question raises (src/search/alarm.rs): of several the one that ranks
    // best, and in the language of the question.
    const alarm = ({ query, hits }, q) => {
      if (!told) return undefined;
      const names = index.alarm.names[meaning(query.text)] ?? [];
      const known = index.alarm.names.flat();
      const raises = (trigger) => (known.includes(trigger) ? names.includes(trigger)
        : trigger !== '' && trigger.split(' ').every((word) => query.text.includes(word)));
      const raised = articles.filter((article) => article.urgent && article.alarm.some((trigger) => raises(folded(trigger).trim())))
        .sort((a, b) => a.weight - b.weight || (a.id < b.id ? -1 : 1));
      const roots = new Set(raised.map((article) => article.root));
      const best = hits.find((hit) => roots.has(hit.article.root))?.article ?? raised[0];
      return best && (articles.find((other) => other.root === best.root && speaks(q, other.lang)) ?? best);
    };

    // How likely the best hit answers (src/search/confidence.rs).
    const certainty = ({ query, hits: [best] }) => {
      if (!best || query.saysNothing) return 0;
      const called = [best.article.called, ...best.article.questions].map((text) => read(empty(query), query, text, 1).counts);
      const words = query.asked.filter(({ text, isKnown }) => isKnown || !AMOUNT.test(text)).map(({ start, end, worth, standing, isKnown }) => ({
        worth,
        isKnown,
        salience: query.salient.slice(start, end).reduce((all, each) => all + each, 0) / (end - start),
        isHeld: standing.some((i) => best.counts[i] > 0),
        isCalled: called.some((counts) => standing.some((i) => counts[i] > 0)),
      }));
      const all = (some, of) => some.reduce((sum, word) => sum + of(word), 0);
      const worth = all(words, (word) => word.worth * word.salience);
      const most = query.needles.reduce((sum, n) => sum + (n.own ? n.weight * n.idf : 0), 0) * (K1 + 1) * (1 + measures.strength);
      const sum = 2.49 * best.coverage
        + 4.91 * (most > 0 ? Math.min(1, best.score / most) : 0)
        + 0.84 * (worth > 0 ? all(words.filter((word) => word.isCalled), (word) => word.worth * word.salience) / worth : 0)
        - 0.59 * Math.max(0, ...words.filter((word) => !word.isHeld).map((word) => word.salience))
        - 0.91 * Math.min(4, all(words.filter((word) => !word.isKnown), (word) => word.salience))
        - 0.79 * Math.log(1 + all(words, (word) => word.salience))
        + 0.36 * Math.min(8, all(words, (word) => 1 - word.salience))
        - 0.94;
      return 1 / (1 + Math.exp(-sum));
    };

    // Whether the question has a word that stands in no article, and that the best one says no otherwise.
    const hasForeign = ({ query, hits: [best] }) => query.asked.some(({ text, standing }) => frequency(text) === 0 && !standing.some((i) => best?.counts[i] > 0));

    // Answers a question as it stands, or as it was meant where that finds clearly more; `exact` as it stands.
    return (q, exact = false) => {
      const text = folded(q);
      let reading = answer(text, q);
      let [corrected, other] = ['', ''];
      if (!exact && reading.coverage < MENDED_BELOW) {
        mending ??= rooms.mending(index, words);
        const meant = mending(text, reading.query.parts, q.length === text.length ? q : text);
        const mended = meant && answer(folded(meant.text), HAN.test(q) ? q : meant.text);
        const knowsMore = mended && mended.unknown < reading.unknown && mended.coverage >= reading.coverage;
        // Where the rest is nothing that the articles tell of either, the real word was meant.
        const isForeign = mended && meant.isReal && hasForeign(mended);
        const isBetter = mended && (knowsMore || mended.coverage > reading.coverage + MENDED_GAIN);
        if (isBetter && !isForeign && !meant.isOffered) [reading, corrected] = [mended, meant.text];
        else if (mended?.coverage > 0) other = meant.text;
      }
      const { query, hits } = reading;
      const sure = hits.length > 0 && (hits[0].standing > 1 || certainty(reading) >= SURE);
      const marks = query.needles.filter((n) => n.marks).map((n) => n.needle);
      return { hits, corrected, other, sure, alarm: alarm(reading, corrected && !HAN.test(q) ? corrected : q), certainty: certainty(reading), marks, fold: words.fold };
    };
  };
})();
