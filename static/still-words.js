// How texts are read where there is no server, by the server's rules (src/text, src/search/scan.rs):
// folded to one form, cut into words, counted. Each of these files leaves what it can on the place of
// the results.
(() => {
  const place = document.querySelector('[data-index]');
  if (!place) return;
  const rooms = place.rooms ??= {};

  const BLANK = 32;
  // Letters of a run beyond which its parts are not looked for.
  const RUN_MAX = 20;
  const OTHER = 0;
  const HAN = 1;
  const LETTER = 2;
  const DIGIT = 3;
  const INVISIBLE = /[\u00ad\u0300-\u036f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]/;
  const COMPOUND = /(?:(?!\p{Script=Han})[\p{L}\p{N}])+(?:[-_.](?:(?!\p{Script=Han})[\p{L}\p{N}])+){0,5}/gu;
  const RUN = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu;
  // Digits of the steps from one common word to the next; the last sixteen say that more follow.
  const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
  const LAST_DIGITS = 48;

  const decoder = new TextDecoder('utf-16le');
  const written = (codes) => decoder.decode(codes);

  // One form for what readers see as the same. Each character is looked at once, and kept.
  const folding = ([from, to, ofSimplified]) => {
    const simple = new Map([...from].map((c, i) => [c, [...to][i]]));
    const one = new Uint16Array(0x10000);
    const kind = new Uint8Array(0x10000);
    const several = new Map();
    const learn = (code) => {
      const c = String.fromCharCode(code);
      const plain = c.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').normalize('NFC').toLowerCase();
      let folded = /[\p{L}\p{N}]/u.test(plain) ? plain : c;
      // ™ separates, ⑩ is a number.
      if (folded.length > 1 && !/[\p{L}\p{N}]/u.test(c)) folded = ' ';
      if (/\s/.test(c)) folded = ' ';
      if (INVISIBLE.test(c)) folded = '';
      folded = [...folded].map((each) => simple.get(each) ?? each).join('');
      one[code] = folded.length === 1 ? folded.charCodeAt(0) : 1;
      if (folded.length !== 1) several.set(code, folded);
      for (const each of folded) {
        kind[each.charCodeAt(0)] = /\p{Script=Han}/u.test(each) ? HAN : /\p{N}/u.test(each) ? DIGIT : /\p{L}/u.test(each) ? LETTER : OTHER;
      }
    };
    // Codes of a text as it is scanned: blanks single, nothing invisible.
    const codes = (text) => {
      const found = [];
      const push = (code) => { if (code !== BLANK || found.at(-1) !== BLANK) found.push(code); };
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (one[code] === 0) learn(code);
        if (one[code] > 1) push(one[code]);
        else for (const each of several.get(code) ?? '') push(each.charCodeAt(0));
      }
      return new Uint16Array(found);
    };
    // One character for one, so that places in the folded text are places in the text.
    const fold = (text) => {
      let folded = '';
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (one[code] === 0) learn(code);
        folded += one[code] > 1 ? String.fromCharCode(one[code]) : text[at];
      }
      return folded;
    };
    const isHan = (c) => {
      if (c === undefined) return false;
      if (one[c.charCodeAt(0)] === 0) learn(c.charCodeAt(0));
      return kind[c.charCodeAt(0)] === HAN;
    };
    const isTraditional = (text) => {
      const own = [...text].filter((c) => simple.has(c) && c !== '帐').length;
      return own > 0 && own >= [...text].filter((c) => ofSimplified.includes(c)).length;
    };
    return { codes, fold, kind, isHan, isTraditional };
  };

  // Words that are said most, which the articles may not hold: pairs of characters by number.
  const common = (steps, characters) => {
    const words = [];
    let number = 0;
    let step = 0;
    for (const digit of steps) {
      const value = DIGITS.indexOf(digit);
      if (value >= LAST_DIGITS) { step = step * 16 + value - LAST_DIGITS; continue; }
      number += step * LAST_DIGITS + value;
      step = 0;
      words.push(characters[Math.floor(number / characters.length)] + characters[number % characters.length]);
    }
    return words;
  };

  // In how many sections each character, pair and Latin word stands: one walk over all texts.
  const tally = (sections, { kind }, latin) => {
    const counts = new Map();
    const grams = new Map();
    for (const section of sections) {
      const here = new Set();
      const words = new Set();
      for (const { codes } of section) {
        let last = 0;
        let hasLatin = false;
        for (let at = 0; at < codes.length; at += 1) {
          const code = codes[at];
          const isHan = kind[code] === HAN;
          hasLatin ||= kind[code] >= LETTER;
          if (isHan) {
            here.add(code);
            if (last > 0) here.add(last * 0x10000 + code);
          }
          last = isHan ? code : 0;
        }
        if (hasLatin) latin(written(codes), (word) => words.add(word));
      }
      for (const key of here) counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const word of words) grams.set(word, (grams.get(word) ?? 0) + 1);
    }
    return { counts, grams };
  };

  // Latin words of a text, their parts where letters meet digits, singulars, and compounds as one.
  const latin = (text, emit) => {
    for (const found of text.matchAll(COMPOUND)) {
      const runs = found[0].split(/[-_.]/);
      let start = found.index;
      for (const run of runs) {
        const end = start + run.length;
        emit(run, start, end);
        const parts = run.length > RUN_MAX ? [] : run.match(/\p{N}+|\P{N}+/gu);
        let from = start;
        if (parts.length > 1) for (const part of parts) emit(part, from, from += part.length);
        if (/^[a-z]{3,19}s$/.test(run) && !run.endsWith('ss')) emit(run.slice(0, -1), start, end);
        start = end + 1;
      }
      const joined = runs.join('');
      if (runs.length > 1 && joined.length <= RUN_MAX) emit(joined, found.index, start - 1);
    }
  };

  // All that is known of words, from the index and from its articles made ready.
  rooms.words = (index) => {
    const forms = folding(index.fold);
    const { codes, isHan } = forms;
    const folded = (text) => written(codes(text));
    const letters = (text) => folded(text).replace(/[^\p{L}\p{N}]/gu, '');
    // A text as it is scanned, and how long it is without blanks and signs.
    const field = (text) => {
      const found = codes(text);
      let chars = 0;
      for (const code of found) if (code >= 97 && code <= 122 || code >= 48 && code <= 57 || code >= 0xc0 && (code < 0x2000 || code >= 0x3005)) chars += 1;
      return { codes: found, chars };
    };
    const ready = (article) => {
      const parts = article.sections.map(([anchor, heading, text]) => ({ anchor, heading, text, head: field(heading), body: field(text) }));
      const isStub = parts.every(({ body }) => body.chars < 10) && article.asked.length === 0 && !article.description;
      const names = [article.title, ...article.asked].map(letters);
      return { ...article, names, pins: article.pins.map(letters), called: field(article.title), questions: article.asked.map(field), extra: [...article.more, article.description].map(field), parts, isStub };
    };
    const articles = index.articles.map(ready);
    const sections = articles.flatMap((article) => article.parts.map((part, i) => (
      [article.called, part.head, part.body, ...(i === 0 ? [...article.questions, ...article.extra] : [])])));
    const { counts, grams } = tally(sections, forms, latin);

    // Of each word the sections that hold it; of those that only questions hold, none. What a comma
    // leads is a word only within longer ones, or a phrase, and is cut further.
    const known = new Map(index.words.split(' ').map((word, i) => [word.replace(',', ''), index.counts[i]]));
    const trade = new Set([...known.keys()].slice(0, index.trade));
    const lines = index.synonyms.map((line) => line.split(','));
    const synonyms = new Map(lines.map((line) => (line[0] ? [line[0], line.slice(1)] : [line[1], line.slice(2)])));
    const phrases = lines.filter((line) => !line[0]).map((line) => line[1]);
    const cutFurther = new Set(index.words.split(' ').filter((word) => word[0] === ',').map((word) => word.slice(1)));
    const kinds = new Map(index.filler.map((word) => [word, -1]));
    index.asking.forEach((forms, line) => forms.forEach((form) => kinds.set(form, line)));
    for (const word of [...lines.map((line) => line[0]).filter(Boolean), ...kinds.keys()]) if (!known.has(word)) known.set(word, 0);
    const characters = Object.values(index.sounds).join('');
    const said = new Set(common(index.speech, characters));
    const total = index.counts.reduce((sum, n) => sum + n, 0) + 1;
    const longest = Math.max(...[...known.keys()].map((word) => word.length));

    // Sections that hold a piece of text, as far as its words and pairs tell.
    const frequency = (text) => {
      if (text.length === 1 && isHan(text)) return counts.get(text.charCodeAt(0)) ?? 0;
      if (grams.has(text)) return grams.get(text);
      if (text.length > 2 && known.get(text) > 0) return known.get(text);
      let least = Infinity;
      for (const [run] of text.matchAll(RUN)) {
        if (!isHan(run[0])) { least = Math.min(least, grams.get(run) ?? 0); continue; }
        for (let at = 0; at + 1 < run.length; at += 1) {
          least = Math.min(least, counts.get(run.charCodeAt(at) * 0x10000 + run.charCodeAt(at + 1)) ?? 0);
        }
      }
      return least === Infinity ? 0 : least;
    };
    const isWord = (word) => known.has(word) || said.has(word);

    // Words of a run of Han characters: the likeliest cut by how often the articles have each word.
    const cut = (run) => {
      const best = [{ cost: 0, from: 0 }];
      for (let end = 1; end <= run.length; end += 1) {
        best[end] = { cost: Infinity, from: end - 1 };
        for (let from = Math.max(0, end - longest); from < end; from += 1) {
          const word = run.slice(from, end);
          if (end - from > 1 && (!isWord(word) || cutFurther.has(word))) continue;
          const cost = best[from].cost - Math.log(Math.max(known.get(word) ?? 0, 0.5) / total);
          if (cost < best[end].cost) best[end] = { cost, from };
        }
      }
      const words = [];
      for (let end = run.length; end > 0; end = best[end].from) words.unshift([best[end].from, end]);
      return words;
    };
    // The words of a question, Latin runs whole, each told whether it carries meaning (kind -2), is
    // filler (-1) or asks. Several that together are one of the phrases become one.
    const parts = (text) => {
      const units = [...text.matchAll(RUN)].flatMap(({ 0: run, index: at }) => (
        isHan(run[0]) ? cut(run).map(([from, end]) => ({ start: at + from, end: at + end })) : [{ start: at, end: at + run.length }]));
      const found = [...units];
      for (let at = 0; at < found.length; at += 1) {
        for (let many = Math.min(4, found.length - at); many >= 1; many -= 1) {
          const { start } = found[at];
          const { end } = found[at + many - 1];
          const word = text.slice(start, end);
          if (many > 1 && !kinds.has(word)) continue;
          found.splice(at, many, { start, end, text: word, kind: kinds.get(word) ?? -2 });
          break;
        }
      }
      return { units, parts: found };
    };
    return { ...forms, written, folded, letters, articles, sections: sections.length, known, phrases, trade, synonyms, isWord, frequency, latin, parts, grams };
  };
})();
