// What was meant by a question that is mistyped, by the server's rules (src/search/mend.rs): words
// typed by their sound, wrong characters of the same sound, initials, Latin slips. The question
// becomes a row of slots; the cheapest way to cover it with the articles' words is what was meant.
// Sounds of which too many are no part of a word stay letters.
(() => {
  const place = document.querySelector('[data-index]');
  if (!place) return;
  const rooms = place.rooms ??= {};

  const SLOTS_MAX = 64;
  const SPELLINGS_MAX = 4;
  const WAYS_MAX = 8;
  const CHARACTERS_MAX = 16;
  const WORD_MAX = 6;
  const LATIN_MIN = 4;
  // Letters up to which a Latin slip is only offered: from is no slip of form.
  const LATIN_SHORT = 5;
  const LATIN_ASKED_MAX = 8;
  const KNOWN_MIN = 3;
  // Costs, explained on the server.
  const WORD = 1;
  const ALONE = 1;
  const EXCHANGED = 0.7;
  const BLURRED = 0.5;
  const SECOND_SOUND = 0.3;
  const LONE_SOUND = 2.2;
  const LETTERS = 3;
  const TRADE = 0.35;
  const KNOWN = 0.05;

  const CONTENT = -2;

  // Of equals the more frequent, then the smaller: never as it happens.
  const before = (a, b) => b.frequency - a.frequency || (a.text < b.text ? -1 : 1);

  // Whether two letters lie beside each other on the keyboard, whose rows are shifted by half a key.
  const KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
  const areNear = (a, b) => {
    const [[row, x], [other, y]] = [a, b].map((letter) => {
      const at = KEYS.findIndex((keys) => keys.includes(letter));
      return [at, at < 0 ? NaN : 2 * KEYS[at].indexOf(letter) + at];
    });
    return Math.abs(row - other) <= 1 && Math.abs(x - y) <= 2;
  };
  // Letters wrong, missing, too many, or two exchanged; a little more where a letter may stand for
  // one from elsewhere on the keyboard.
  const FAR = 0.01;
  const slips = (a, b) => {
    let last = [];
    let above = [...b, ''].map((_, j) => j);
    for (let i = 0; i < a.length; i += 1) {
      const row = [i + 1];
      for (let j = 0; j < b.length; j += 1) {
        const exchanged = a[i] === b[j] ? 0 : areNear(a[i], b[j]) ? 1 : 1 + FAR;
        row[j + 1] = Math.min(above[j] + exchanged, above[j + 1] + 1, row[j] + 1);
        if (i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j]) row[j + 1] = Math.min(row[j + 1], last[j - 1] + 1);
      }
      [last, above] = [above, row];
    }
    return above[b.length];
  };

  rooms.mending = (index, words) => {
    const { known, phrases, trade, isHan, isWord, frequency, grams } = words;
    const names = new Set(index.names);
    // Sounds of a character, the usual one first.
    const sounds = new Map();
    for (const table of [index.sounds, index.rarer, index.also]) {
      for (const [sound, characters] of Object.entries(table)) for (const c of characters) sounds.set(c, [...(sounds.get(c) ?? []), sound]);
    }
    const isSound = (letters) => letters in index.sounds || letters in index.also;
    // One sound for those that many do not tell apart.
    const blurs = new Map();
    for (const sound of [...Object.keys(index.sounds), ...Object.keys(index.also)]) {
      const blurred = sound.replace(/^([zcs])h/, '$1').replace(/([aei]n)g$/, '$1');
      blurs.set(sound, isSound(blurred) ? blurred : sound);
    }
    const blur = (sound) => blurs.get(sound) ?? sound;
    const blurAll = (way) => way.split(' ').map(blur).join(' ');
    // The articles' words by sound and by initials; of pairs, how often longer words hold them.
    const [bySound, byBlurred, byInitials, inside] = [new Map(), new Map(), new Map(), new Map()];
    const file = (map, key, entry) => {
      if (map.has(key)) map.get(key).push(entry);
      else map.set(key, [entry]);
    };
    for (const [text, count] of [...known, ...phrases.map((phrase) => [phrase, 0])]) {
      if (text.length < 2 || text.length > WORD_MAX || ![...text].every(isHan)) continue;
      const word = { text, frequency: text.length === 2 ? frequency(text) : count, trade: trade.has(text) };
      for (let at = 0; count > 0 && text.length > 2 && at + 1 < text.length; at += 1) {
        const pair = text.slice(at, at + 2);
        inside.set(pair, (inside.get(pair) ?? 0) + count);
      }
      const ways = [...text].reduce((all, c) => all.flatMap((way) => (sounds.get(c) ?? []).map((sound) => [...way, sound])).slice(0, WAYS_MAX), [[]]);
      ways.forEach((way, i) => {
        const entry = { word, rare: i > 0 ? SECOND_SOUND : 0 };
        file(bySound, way.join(' '), entry);
        file(byBlurred, way.map(blur).join(' '), entry);
      });
      // Every question asks somehow: 什么是 is not what sms is short for.
      if (ways.length > 0 && !index.asking.some((forms) => forms.includes(text))) file(byInitials, ways[0].map((sound) => sound[0]).join(''), word);
    }
    const characters = (sound) => [...(index.sounds[sound] ?? '')].map((text) => ({ text, frequency: frequency(text) }))
      .filter((c) => c.frequency > 0).sort(before).slice(0, CHARACTERS_MAX).map((c) => c.text);
    // The ways in which letters spell sounds, fewest sounds first.
    const spell = (run) => {
      if (run.length > 60) return [];
      const ways = [[[]]];
      for (let end = 1; end <= run.length; end += 1) {
        ways[end] = [];
        for (let from = Math.max(0, end - 6); from < end; from += 1) {
          const sound = run.slice(from, end);
          if (isSound(sound)) ways[end].push(...ways[from].map((way) => [...way, sound]));
        }
        ways[end] = ways[end].sort((a, b) => a.length - b.length).slice(0, WAYS_MAX);
      }
      return ways[run.length];
    };
    const nearestLatin = (typed) => {
      if (typed.length < LATIN_MIN) return undefined;
      const most = typed.length >= 8 ? 2 : 1;
      const near = [];
      for (const [text, count] of grams) {
        if (text[0] !== typed[0] || text.length < LATIN_MIN || text.length > 20 || Math.abs(text.length - typed.length) > most) continue;
        const distance = slips(typed, text);
        if (Math.floor(distance) <= most) near.push({ text, distance, frequency: count });
      }
      return near.sort((a, b) => a.distance - b.distance || before(a, b))[0];
    };
    const isKnownPair = (pair) => {
      const count = frequency(pair);
      return count > 0 && (isWord(pair) || count > (inside.get(pair) ?? 0));
    };

    // What it costs to read slots as a word, and whether a real word is exchanged for it; nothing where they cannot be.
    const price = (slots, { word, rare }) => {
      let [exchanged, heard, typed] = [0, 0, ''];
      for (let at = 0; at < slots.length; at += 1) {
        const { kind, text } = slots[at];
        if (kind === 'sound') { heard += 1; continue; }
        if (kind === 'doubtful') typed += text;
        if (text === word.text[at]) continue;
        if (kind === 'certain') return undefined;
        exchanged += 1;
      }
      // A rare word that two single characters happen to sound like is rather chance.
      if (exchanged > 0 && slots.length === 2 && !word.trade && word.frequency < KNOWN_MIN) return undefined;
      if (exchanged > Math.floor(slots.length / 2) || (exchanged + heard === 0 && word.frequency === 0)) return undefined;
      // A real word is only mended into a word of the trade.
      const isReal = exchanged > 0 && typed.length === slots.length && isWord(typed);
      if (isReal && !word.trade) return undefined;
      const favour = KNOWN * Math.log(1 + word.frequency) + (word.trade ? TRADE : 0);
      return { cost: WORD + EXCHANGED * exchanged + rare - Math.min(favour, WORD * 0.9), isReal };
    };
    const asWord = (slots) => {
      if (slots.every(({ kind }) => kind === 'certain')) return undefined;
      if (slots.every(({ kind }) => kind !== 'sound')) {
        const right = index.slips[slots.map(({ text }) => text).join('')];
        if (right) return { cost: WORD, text: right, became: 'word', trade: true };
      }
      const way = slots.map(({ kind, text }) => (kind === 'sound' ? text : sounds.get(text)?.[0] ?? '')).join(' ');
      const offers = [];
      const offer = (entries, more) => {
        for (const entry of entries ?? []) {
          const priced = price(slots, entry);
          if (priced) offers.push({ ...entry.word, isReal: priced.isReal, cost: priced.cost + more, became: 'word' });
        }
      };
      offer(bySound.get(way), 0);
      offer(byBlurred.get(blurAll(way)), BLURRED);
      return offers.sort((a, b) => a.cost - b.cost || before(a, b))[0];
    };
    // A slot by itself; a sound is then the character that the articles have most often behind `last`.
    const alone = ({ kind, text }, last) => {
      if (kind === 'doubtful') return { cost: ALONE, text, became: 'itself' };
      if (kind !== 'sound') return { cost: 0, text, became: 'itself' };
      const behind = (c) => (isHan(last) ? frequency(last + c) : 0);
      const [best] = characters(text).map((c) => ({ c, n: behind(c) })).sort((a, b) => b.n - a.n);
      return best ? { cost: LONE_SOUND, text: best.c, became: 'guess' } : { cost: LETTERS, text, became: 'letters' };
    };
    // The cheapest covering of all slots, in steps. `whole` are the words that were typed: each is changed as a whole or not at all.
    const cover = (slots, whole) => {
      const best = [{ cost: 0 }];
      for (let end = 1; end <= slots.length; end += 1) {
        const offer = (from, step) => {
          const cost = best[from].cost + step.cost;
          if (!best[end] || cost < best[end].cost) best[end] = { ...step, cost, from, to: end };
        };
        offer(end - 1, alone(slots[end - 1], best[end - 1].text?.at(-1)));
        for (let from = Math.max(0, end - WORD_MAX); from < end - 1; from += 1) {
          const row = slots.slice(from, end);
          const isTorn = whole.some(([a, b]) => a < end && from < b && (a < from || end < b));
          const word = isTorn || row.some(({ kind }) => kind === 'border') ? undefined : asWord(row);
          if (word) offer(from, word);
        }
      }
      const steps = [];
      for (let end = slots.length; end > 0; end = best[end].from) steps.unshift(best[end]);
      return { cost: best[slots.length].cost, steps };
    };
    // Turns what is only guessed back into letters, where it is more than a quarter of what was typed
    // by sound: characters that stand with no neighbour in the articles.
    const believed = (slots, steps) => {
      const isHeard = (step) => slots.slice(step.from, step.to).every(({ kind }) => kind === 'sound');
      const isPair = (a, b) => isHan(a) && isHan(b) && frequency(a + b) > 0;
      const isGuessed = (at) => {
        const { text, became } = steps[at];
        return became === 'letters' || became === 'guess' && !isPair(steps[at - 1]?.text.at(-1), text) && !isPair(text, steps[at + 1]?.text[0]);
      };
      const found = [];
      for (let from = 0, to; from < steps.length; from = to) {
        to = from;
        while (to < steps.length && isHeard(steps[to])) to += 1;
        if (to === from) { found.push(steps[to]); to += 1; continue; }
        const stretch = steps.slice(from, to);
        const guessed = stretch.filter((_, at) => isGuessed(from + at)).length;
        const isDoubtful = guessed * 4 > stretch.at(-1).to - stretch[0].from || !stretch.some(({ became }) => became === 'word');
        for (const step of stretch) {
          const stays = step.became === 'word' && (step.trade || step.text.length > 2);
          if (stays || !isDoubtful) found.push(step);
          else for (const { text } of slots.slice(step.from, step.to)) found.push({ text, became: 'letters' });
        }
      }
      return found;
    };
    // As one text; between Latin and what it touches stands a blank, but letters of one run go on.
    const written = (steps) => steps.reduce(({ text, became }, step) => {
      const [a, b] = [text.at(-1), step.text[0]];
      const touch = /[\p{L}\p{N}]/u.test(a) && /[\p{L}\p{N}]/u.test(b) && !(isHan(a) && isHan(b));
      const goesOn = became === 'letters' && step.became === 'letters';
      return { text: text + (touch && !goesOn ? ' ' : '') + step.text, became: step.became };
    }, { text: '' }).text.replace(/\s+/g, ' ').trim();

    // What was meant by a folded question of these parts, where it is another one than was typed (`typed`,
    // of the same length): its text, whether a real word was exchanged, whether it may only be offered.
    return (text, parts, typed) => {
      const [slots, whole] = [[], []];
      let [isSlip, isOffered, compared] = [false, false, 0];
      const border = (word) => { if (word) slots.push({ kind: 'border', text: word }); };
      const isLatin = (part) => !isHan(part.text[0]);
      const letters = parts.filter((part) => /^[a-z]+$/.test(part.text));
      const familiar = letters.filter((part) => part.kind !== CONTENT || frequency(part.text) > 0).length;
      const isEnglish = familiar >= 2 && familiar * 2 >= letters.length;
      const joins = (a, b) => a.end === b.start || (isLatin(a) && isLatin(b) && text.slice(a.end, b.start).trim() === '');
      const initials = (run) => {
        if (run.length > WORD_MAX || run.length < 2 || (run.length === 2 && parts.length > 1)) return undefined;
        const rank = (word) => Number(word.trade && word.frequency > 0);
        return byInitials.get(run)?.sort((a, b) => rank(b) - rank(a) || before(a, b))[0];
      };
      const latin = ({ text: run, start, end }) => {
        // Capitals are a name or an abbreviation.
        const isShouted = /.\p{Lu}/u.test(typed.slice(start, end));
        const bySound = !isEnglish && !isShouted;
        const ways = bySound ? spell(run).slice(0, SPELLINGS_MAX).map((way) => way.map((sound) => ({ kind: 'sound', text: sound }))) : [];
        const [way] = ways.map((row) => ({ row, cost: cover(row, []).cost })).sort((a, b) => a.cost - b.cost);
        if (way) { slots.push(...way.row); return; }
        compared += 1;
        const slip = compared > LATIN_ASKED_MAX ? undefined : nearestLatin(run);
        const word = slip ?? (bySound ? initials(run) : undefined);
        isSlip ||= word !== undefined;
        // What was typed may be a name as it stands: USDE is no slip of usdt. Beside other words, three
        // letters fit too many rare ones.
        if (slip) isOffered ||= run.length <= LATIN_SHORT || isShouted || slip.distance % 1 > 0;
        else if (word) isOffered ||= parts.length > 1 && !(word.trade && word.frequency > 0);
        border(word?.text ?? run);
      };
      const holdsKnownPairs = (word) => frequency(word) > 0 && (word.length < 3 || known.get(word) > 0)
        || [...word].slice(1).every((c, at) => isKnownPair(word[at] + c));
      const standsInArticles = (part, last, next) => {
        const pairs = [];
        if (last?.end === part.start && !isLatin(last)) pairs.push(last.text.at(-1) + part.text);
        if (next?.start === part.end && !isLatin(next)) pairs.push(part.text + next.text[0]);
        return pairs.length === 0 || pairs.some(isKnownPair);
      };
      parts.forEach((part, at) => {
        const last = parts[at - 1];
        if (!last || !joins(last, part)) border(typed.slice(last?.end ?? 0, part.start));
        if (isLatin(part)) {
          const isName = words.synonyms.has(part.text) || names.has(part.text);
          if (/^[a-z]+$/.test(part.text) && frequency(part.text) === 0 && !isName) latin(part);
          else border(part.text);
          return;
        }
        const isCertain = part.kind !== CONTENT || (part.text.length > 1 ? trade.has(part.text) || holdsKnownPairs(part.text) : standsInArticles(part, last, parts[at + 1]));
        if (part.text.length > 1 && isWord(part.text)) whole.push([slots.length, slots.length + part.text.length]);
        for (const c of part.text) slots.push({ kind: isCertain ? 'certain' : 'doubtful', text: c });
      });
      border(typed.slice(parts.at(-1)?.end ?? 0));
      if (slots.length > SLOTS_MAX || !(isSlip || slots.some(({ kind }) => kind === 'doubtful' || kind === 'sound'))) return undefined;
      const steps = believed(slots, cover(slots, whole).steps);
      const meant = written(steps);
      const bare = (some) => some.replace(/[^\p{L}\p{N}]/gu, '');
      return bare(meant) === bare(text) ? undefined : { text: meant, isReal: steps.some((step) => step.isReal), isOffered };
    };
  };
})();
