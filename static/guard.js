// Warns before something that looks like a recovery phrase or private key leaves the device. The
// server looks again and knows more (word lists, checksums); this only keeps it from being sent at
// all. It never stops what the server would take: tests/fixtures/guard.json is read by both.
(() => {
  // Sizes of a phrase in Chinese, whose single characters are told from a sentence only by these.
  const SIZES = [12, 15, 18, 21, 24];
  // The shortest phrase; ordinary words in a row are fewer.
  const LATIN_MIN = 12;
  // Frequent English words that no phrase holds: they end a run.
  const ORDINARY = new Set((
    'accounts added after and answers anything api app applies are arrived article articles asked asking asks ' +
    'back backup been begins being beside bitcoin block bnb both but byte bytes came cannot chain changed ' +
    'channels charged chinese closed coins comes comment commit compare contact content contract copied could ' +
    'count counted counts create cut data database date days depends did digits does doing done down each earlier ' +
    'edition editor editors ends english errors ethereum even every explorer export failed failing fails fake ' +
    'feedback fees files folded folder for form format four from full funds get gets getting git github gives ' +
    'goes gone got had happened happens has hash heading her here him his hits holds hours how however html https ' +
    'its itself json keeps kept keywords known knows lang last lead leaked letters line lines links listed log ' +
    'longer look looked looks lost low lower made makes many markdown max may maybe means minutes missing money ' +
    'most moved names needs new nobody node not numbers official ones opened opens org others our ours out pages ' +
    'paid part passcode pay pending per press problems proposal queries query reach read reader readers reads ' +
    'really receipt received recovery related request rest reviewer rows runs said says scam scammer score ' +
    'searches seconds sections see send sending sent served set settings severity she should show showed shown ' +
    'shows site slug some somebody stands status stays steps stolen stop store stuck support svg synonyms tags ' +
    'take taken takes tells tests than thanks the their them these think those through times tokens told too ' +
    'tried tron trying typed using usually value via waited waiting waits wallet wallets wants was watch weight ' +
    'wenqu went were whether which while who whoever whole whose why with within without words would writes ' +
    'written yes yet your yours yourself'
  ).split(' '));
  const KEY_WORDS = /私\s*钥|私\s*鑰|私匙|密钥|密鑰|priv(?:ate)?[\s_-]*key/iu;
  const NEGATED = /(?:没有|沒有|没|沒|不是|未|别|別|not|never|no)[^，。,.;；\n]{0,8}(?:私钥|私鑰|私匙|private\s*key)/iu;
  // Cyrillic letters that look like Latin ones.
  const LOOKALIKE = { а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i' };

  // As the server folds it: full width as half width, invisible characters gone.
  const fold = (text) => text.normalize('NFKC')
    .replace(/[\u00ad\u200c\u200d\u2060\ufeff]/gu, '').replace(/\u200b/gu, ' ')
    .replace(/[а-яі]/giu, (letter) => LOOKALIKE[letter] ?? letter);

  // The longest run of words that fit.
  const longest = (words, fits) => {
    let run = 0;
    let best = 0;
    for (const word of words) {
      run = fits(word) ? run + 1 : 0;
      best = Math.max(best, run);
    }
    return best;
  };

  const isPhrase = (text) => {
    const words = text.replace(/([a-z])([A-Z])/g, '$1 $2').match(/[a-z]+|\p{Script=Han}+|\//giu) ?? [];
    const latin = longest(words, (word) => /^[a-z]{3,8}$/i.test(word) && !ORDINARY.has(word.toLowerCase()));
    const han = longest(words, (word) => /^\p{Script=Han}$/u.test(word));
    return latin >= LATIN_MIN || SIZES.includes(han) || han > 24;
  };

  const isKey = (text) => {
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return true;
    if (/\b[a-z]prv[1-9A-HJ-NP-Za-km-z]{100,}/.test(text)) return true;
    if (/(?:^|[^1-9A-HJ-NP-Za-km-z])(?:[59][1-9A-HJ-NP-Za-km-z]{50}|[KLc][1-9A-HJ-NP-Za-km-z]{51}|6P[1-9A-HJ-NP-Za-km-z]{56})(?![1-9A-HJ-NP-Za-km-z])/.test(text)) return true;
    if (/["\\]ciphertext["\\]/i.test(text) && /["\\]kdf/i.test(text)) return true;
    // Bytes as numbers.
    if (/\[\s*(?:\d{1,3}\s*,\s*){63}\d{1,3}\s*\]/.test(text)) return true;
    // 64 digits alone may be a transaction hash, which is public: only the words beside it tell.
    return /(?:^|[^0-9a-f])(?:0x)?[0-9a-f]{64}(?![0-9a-f])/i.test(text) && KEY_WORDS.test(text) && !NEGATED.test(text);
  };

  const looksSecret = (text) => {
    const folded = fold(text);
    return isKey(folded) || isPhrase(folded);
  };

  // Other scripts ask by an event: one that is stopped is a secret.
  document.addEventListener('guard', (event) => { if (looksSecret(event.detail)) event.preventDefault(); });

  for (const form of document.querySelectorAll('form[data-guard]')) {
    const fields = () => [...form.querySelectorAll('input:not([type=hidden]):not([type=radio]), textarea')];
    const settle = () => form.querySelector('.guard')?.remove();
    form.addEventListener('input', settle);
    form.addEventListener('submit', (event) => {
      settle();
      const field = fields().find((each) => looksSecret(each.value));
      if (!field) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const warning = document.createElement('p');
      warning.className = 'guard';
      warning.setAttribute('role', 'alert');
      warning.textContent = form.dataset.guard;
      if (form.matches('.search')) form.append(warning); else field.after(warning);
      field.focus();
    }, { capture: true });
  }
})();
