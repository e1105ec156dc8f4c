//! Every word of the interface in its three languages, side by side, so that a missing one does not
//! compile. `{x}` is filled by [`fill`]; `one|many` is chosen by [`count`].

/// A language of the interface. Articles keep their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ui {
    /// 简体中文.
    #[default]
    Hans,
    /// 繁體中文.
    Hant,
    /// English.
    En,
}

impl Ui {
    /// Every language, in the order offered.
    pub const ALL: [Ui; 3] = [Ui::Hans, Ui::Hant, Ui::En];

    /// Reads a language tag as a reader, a cookie or an editor may write it.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        match tag.as_str() {
            "zh-tw" | "zh-hk" | "zh-mo" | "zh-hant" => Some(Self::Hant),
            "zh" | "zh-cn" | "zh-sg" | "zh-hans" => Some(Self::Hans),
            "en" => Some(Self::En),
            _ if tag.starts_with("en-") => Some(Self::En),
            _ => None,
        }
    }

    /// The tag for `lang`, `?ui=` and the cookie.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Hans => "zh-CN",
            Self::Hant => "zh-TW",
            Self::En => "en",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hans => "简体中文",
            Self::Hant => "繁體中文",
            Self::En => "English",
        }
    }

    /// Its words.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::Hans => &HANS,
            Self::Hant => &HANT,
            Self::En => &EN,
        }
    }
}

/// `text` with each `{name}` replaced by its value.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// `text` with `{n}`; of `one|many` the form that the number asks for.
pub fn count(text: &str, n: usize) -> String {
    let form = match text.split_once('|') {
        Some((one, _)) if n == 1 => one,
        Some((_, many)) => many,
        None => text,
    };
    fill(form, &[("n", &grouped(n))])
}

/// Digits in groups of three.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

macro_rules! texts {
    ($($key:ident: $hans:literal, $hant:literal, $en:literal;)*) => {
        /// The words of one language.
        #[derive(Debug)]
        pub struct Texts { $(#[doc = $hans] pub $key: &'static str,)* }
        /// 简体中文.
        pub const HANS: Texts = Texts { $($key: $hans,)* };
        /// 繁體中文.
        pub const HANT: Texts = Texts { $($key: $hant,)* };
        /// English.
        pub const EN: Texts = Texts { $($key: $en,)* };
        /// Every key with its three texts, for the tests.
        #[cfg(test)]
        const ROWS: &[(&str, [&str; 3])] = &[$((stringify!($key), [$hans, $hant, $en]),)*];
    };
}

pub(super) use texts;

texts! {
    // The frame of every page.
    skip: "跳到正文", "跳到正文", "Skip to content";
    home: "首页", "首頁", "Home";
    search: "搜索", "搜尋", "Search";
    search_label: "搜索帮助文章", "搜尋說明文章", "Search help articles";
    search_placeholder: "描述问题，或粘贴报错", "描述問題，或貼上錯誤訊息", "What happened?";
    search_clear: "清空", "清空", "Clear the box";
    contact: "联系我们", "聯絡我們", "Contact us";
    official: "官方验证", "官方驗證", "Verify official";
    official_long: "验证官方渠道", "驗證官方管道", "Verify an official channel";
    all_articles: "全部文章", "全部文章", "All articles";
    menu: "菜单", "選單", "Menu";
    language: "界面语言", "介面語言", "Language";
    theme: "切换深浅色", "切換深淺色", "Switch light or dark";
    footer_oath: "我们从不索要助记词、私钥或密码。", "我們從不索取助記詞、私鑰或密碼。", "We never ask for your recovery phrase, private key or passwords.";
    updates_feed: "更新订阅", "更新訂閱", "Updates feed";
    main_nav: "主导航", "主導覽", "Main";
    breadcrumb: "当前位置", "目前位置", "Breadcrumb";
    copied: "已复制", "已複製", "Copied";
    copy: "复制", "複製", "Copy";
    copy_link: "复制本节链接", "複製本節連結", "Copy link to this section";
    suggestions: "搜索建议", "搜尋建議", "Suggestions";
    general: "综合", "綜合", "General";

    // Home.
    hero: "遇到了什么问题？", "遇到了什麼問題？", "What can we help with?";
    recent_searches: "最近搜过", "最近搜過", "Your recent searches";
    recent_clear: "清除", "清除", "Clear";
    popular: "大家常搜", "大家常搜", "Often searched";
    urgent: "急事先看", "急事先看", "Urgent";
    urgent_badge: "紧急", "緊急", "Urgent";
    urgent_sub: "资金有危险时，先做这几步", "資金有危險時，先做這幾步", "Funds at risk? Start here";
    common: "常见问题", "常見問題", "Common issues";
    categories: "按主题浏览", "依主題瀏覽", "Browse by topic";
    n_articles: "{n} 篇文章", "{n} 篇文章", "{n} article|{n} articles";
    recent: "最近更新", "最近更新", "Recently updated";
    reach_us: "没有找到答案？", "沒有找到答案？", "Still need help?";
    reach_us_text: "看看客服现在是否在线，以及联系前要准备什么。", "看看客服現在是否在線，以及聯絡前要準備什麼。", "See who is online now, and what to have ready.";
    official_teaser: "有人自称官方？", "有人自稱官方？", "Someone claims to be us?";
    official_teaser_text: "先把对方的网址、邮箱或账号放进来核对。", "先把對方的網址、信箱或帳號放進來核對。", "Check their web address, e-mail or account first.";

    // Results.
    results_title: "“{q}”的搜索结果", "「{q}」的搜尋結果", "Results for “{q}”";
    results_count: "找到 {n} 篇文章", "找到 {n} 篇文章", "{n} article found|{n} articles found";
    unsure_count: "或许有关的有 {n} 篇", "或許有關的有 {n} 篇", "{n} article may be related|{n} articles may be related";
    unsure_far: "再看看相距更远的", "再看看相距更遠的", "Show more distant ones";
    results_page: "第 {page} 页", "第 {page} 頁", "Page {page}";
    filters: "筛选", "篩選", "Filter";
    filter_category: "主题", "主題", "Topic";
    filter_tag: "标签", "標籤", "Tag";
    filter_all: "全部", "全部", "All";
    filter_remove: "去掉筛选", "移除篩選", "Remove filter";
    in_section: "小节", "小節", "Section";
    updated_on: "更新于 {date}", "更新於 {date}", "Updated {date}";
    corrected: "已按“{q}”搜索。", "已依「{q}」搜尋。", "Showing results for “{q}”.";
    corrected_back: "仍要搜“{q}”", "仍要搜尋「{q}」", "Search for “{q}” instead";
    written_in: "原文语言", "原文語言", "Written in";
    copies: "内容相同：", "內容相同：", "The same text:";
    did_you_mean: "你是不是想找：", "你是不是想找：", "Did you mean:";
    unsure: "没有十分贴切的文章，下面是意思最接近的。", "沒有十分貼切的文章，下面是意思最接近的。", "Nothing answers this exactly. These come closest.";
    nothing: "没有找到相关文章", "沒有找到相關文章", "No article found";
    nothing_text: "换个说法试试：写出看到的报错，或只留一两个关键词。", "換個說法試試：寫出看到的錯誤訊息，或只留一兩個關鍵字。", "Try other words: the exact error you see, or just one or two key terms.";
    out_of_pages: "这一页没有结果了。", "這一頁沒有結果了。", "There are no results on this page.";
    first_page: "回到第一页", "回到第一頁", "Back to the first page";
    pages: "分页", "分頁", "Pages";
    previous_page: "上一页", "上一頁", "Previous";
    next_page: "下一页", "下一頁", "Next";
    emergency: "资金可能有危险，先做这几步", "資金可能有危險，先做這幾步", "Your funds may be at risk. First do this";
    answer_more: "看全部步骤", "看全部步驟", "Read all of it";
    answer_open: "打开文章", "開啟文章", "Open the article";
    emergency_open: "打开完整步骤", "開啟完整步驟", "Open all steps";
    secret_title: "请不要输入助记词或私钥", "請不要輸入助記詞或私鑰", "Do not enter your recovery phrase or private key";
    secret_text: "你输入的内容像是助记词或私钥。我们没有搜索，也没有保存它。请清除这条浏览记录；如果它曾经填进别的网页或发给过别人，请马上转移资产。", "你輸入的內容像是助記詞或私鑰。我們沒有搜尋，也沒有保存它。請清除這筆瀏覽紀錄；如果它曾經填進別的網頁或傳給過別人，請馬上轉移資產。", "What you entered looks like a recovery phrase or private key. We did not search for it and did not keep it. Clear this entry from your browser history. If you ever gave it to anyone or typed it into another site, move your funds now.";
    secret_stopped: "这像是助记词或私钥，已经拦下，没有发出。请删掉它，只写遇到的问题。", "這像是助記詞或私鑰，已經攔下，沒有發出。請刪掉它，只寫遇到的問題。", "This looks like a recovery phrase or private key. It was stopped here and not sent. Remove it and describe the problem only.";
    identifier_text: "这像是{kind}。它是公开信息，请到对应网络的区块浏览器里查询；这里只搜索帮助文章。", "這像是{kind}。它是公開資訊，請到對應網路的區塊瀏覽器裡查詢；這裡只搜尋說明文章。", "This looks like {kind}. It is public: look it up in the block explorer of its network. Here we search help articles only.";
    identifier_bad: "它的校验不对：可能抄错了一个字符。", "它的校驗不對：可能抄錯了一個字元。", "Its checksum is wrong: a character may be mistyped.";
    identifier_key: "私钥也是这个样子：如果它是私钥，请把资产转到新钱包，不要再粘贴它。", "私鑰也是這個樣子：如果它是私鑰，請把資產轉到新錢包，不要再貼上它。", "Private keys look the same: if it is one, move the funds to a new wallet and never paste it again.";
    identifier_evm_address: "一个 0x 开头的地址（以太坊等网络）", "一個 0x 開頭的地址（以太坊等網路）", "an address that begins with 0x (Ethereum and its kin)";
    identifier_evm_hash: "一个 0x 开头的交易哈希（以太坊等网络）", "一個 0x 開頭的交易雜湊（以太坊等網路）", "a transaction hash that begins with 0x (Ethereum and its kin)";
    identifier_hash64: "一个交易哈希（TRON 或比特币）", "一個交易雜湊（TRON 或比特幣）", "a transaction hash (TRON or Bitcoin)";
    identifier_tron: "一个 TRON 地址", "一個 TRON 地址", "a TRON address";
    identifier_btc: "一个比特币地址", "一個比特幣地址", "a Bitcoin address";
    identifier_sol: "一个 Solana 地址", "一個 Solana 地址", "a Solana address";
    identifier_sol_signature: "一个 Solana 交易签名", "一個 Solana 交易簽章", "a Solana transaction signature";
    identifier_xpub: "一个扩展公钥：有它就能看到这个账户的全部地址，请不要再发给别人", "一個擴充公鑰：有它就能看到這個帳戶的全部地址，請不要再傳給別人", "an extended public key: it shows every address of the account, so do not pass it on";
    suggest_title: "告诉我们缺了什么", "告訴我們缺了什麼", "Tell us what is missing";
    suggest_text: "写下你想找的内容，编辑会据此补写文章。", "寫下你想找的內容，編輯會據此補寫文章。", "Say what you were looking for. Editors write new articles from this.";
    suggest_label: "你想找什么？", "你想找什麼？", "What were you looking for?";
    suggest_send: "提交建议", "送出建議", "Send suggestion";
    catalogue_title: "全部文章", "全部文章", "All articles";
    more_in: "查看全部 {n} 篇", "查看全部 {n} 篇", "See it|See all {n}";

    // Category, tag.
    subcategories: "子主题", "子主題", "Subtopics";
    tag_title: "标签：{tag}", "標籤：{tag}", "Tag: {tag}";
    category_empty: "这里还没有文章。", "這裡還沒有文章。", "There are no articles here yet.";

    // Article.
    contents: "本文目录", "本文目錄", "On this page";
    applies_to: "适用于", "適用於", "Applies to";
    overdue: "这篇文章已过复核日期，内容可能有变化，请以应用内显示为准。", "這篇文章已過覆核日期，內容可能有變化，請以應用程式內顯示為準。", "This article is past its review date and may be out of date. Trust what the app shows.";
    older_translation: "原文在这篇译文之后有过更新，以原文为准：", "原文在這篇譯文之後有過更新，以原文為準：", "The original has changed since this translation. It prevails:";
    urgent_article: "资金正有危险？不要急着操作，按顺序一步一步做。", "資金正有危險？不要急著操作，按順序一步一步做。", "Funds at risk? Do not rush. Take the steps in order.";
    other_languages: "其他语言", "其他語言", "Other languages";
    readable: "这篇文章有{language}版：", "這篇文章有{language}版：", "This article is there in {language}, too:";
    related: "相关文章", "相關文章", "Related articles";
    neighbours: "同一主题的文章", "同一主題的文章", "In this topic";
    previous_article: "上一篇", "上一篇", "Previous";
    next_article: "下一篇", "下一篇", "Next";
    tags: "标签", "標籤", "Tags";
    to_top: "回到顶部", "回到頂端", "Back to top";

    // Feedback.
    helpful_question: "这篇文章有帮助吗？", "這篇文章有幫助嗎？", "Was this article helpful?";
    helpful_yes: "有帮助", "有幫助", "Yes";
    helpful_no: "没帮助", "沒幫助", "No";
    say_more: "告诉编辑哪里不对", "告訴編輯哪裡不對", "Tell the editors what is wrong";
    reason: "哪里不对？", "哪裡不對？", "What is wrong?";
    reason_inaccurate: "内容不准确", "內容不正確", "It is inaccurate";
    reason_outdated: "内容过时", "內容過時", "It is out of date";
    reason_unclear: "看不明白", "看不明白", "It is unclear";
    reason_steps_fail: "照做不成功", "照做不成功", "The steps do not work";
    reason_missing: "缺少我要的内容", "缺少我要的內容", "What I need is missing";
    reason_broken_link: "链接或图片坏了", "連結或圖片壞了", "A link or picture is broken";
    reason_other: "其他", "其他", "Something else";
    comment: "具体说说", "具體說說", "Your comment";
    comment_hint: "在哪一步、看到了什么。最多 {n} 字。", "在哪一步、看到了什麼。最多 {n} 字。", "Which step, and what did you see? At most {n} characters.";
    contact_field: "联系方式（可不填）", "聯絡方式（可不填）", "How to reach you (optional)";
    contact_hint: "只用于这条反馈的回复。", "只用於這則意見的回覆。", "Only used to reply to this.";
    privacy: "请不要写助记词、私钥、密码或证件号码。反馈只给编辑看，不会公开。", "請不要寫助記詞、私鑰、密碼或證件號碼。意見只給編輯看，不會公開。", "Never include a recovery phrase, private key, password or ID number. Only editors read this; it is not published.";
    trap: "请留空", "請留空", "Leave this empty";
    send: "提交", "送出", "Send";
    error_summary: "没有提交成功，请看下面的提示：", "沒有送出成功，請看下面的提示：", "This was not sent. Please check:";
    error_helpful_required: "请先选择“有帮助”或“没帮助”。", "請先選擇「有幫助」或「沒幫助」。", "Choose yes or no first.";
    error_unknown: "选项无效，请重新选择。", "選項無效，請重新選擇。", "That choice is not known. Choose again.";
    error_comment_required: "请写几句话。", "請寫幾句話。", "Write a few words.";
    error_comment_long: "内容太长了，最多 {n} 字。", "內容太長了，最多 {n} 字。", "Too long: at most {n} characters.";
    error_unavailable: "暂时存不下来，你写的内容还在下面，请稍后再试。", "暫時存不下來，你寫的內容還在下面，請稍後再試。", "We cannot save this just now. What you wrote is still below; please try again shortly.";
    throttled_text: "这一小时里次数太多了，大约 {n} 分钟后可以再试。你填的内容还在。", "這一小時裡次數太多了，大約 {n} 分鐘後可以再試。你填的內容還在。", "Too many in this hour. You can try again in about {n} minute; what you entered is still here.|Too many in this hour. You can try again in about {n} minutes; what you entered is still here.";
    vote_again: "改主意了？再点一次就会替换。", "改主意了？再點一次就會取代。", "Changed your mind? Vote again to replace it.";
    secret_form_title: "没有提交：内容里像有助记词或私钥", "沒有送出：內容裡像有助記詞或私鑰", "Not sent: it seems to contain a recovery phrase or private key";
    secret_form_text: "为了你的资金安全，这段文字没有保存，也不会再显示。请去掉它再写一次。", "為了你的資金安全，這段文字沒有保存，也不會再顯示。請去掉它再寫一次。", "For your safety the text was not kept and is not shown again. Please write it again without the secret.";
    secret_next: "如果你曾把它发给别人或填进别的网页，请马上：", "如果你曾把它傳給別人或填進別的網頁，請馬上：", "If you ever gave it to someone or entered it on another site, right now:";
    secret_step_1: "在另一台设备上新建一个钱包，用纸抄下新的助记词。", "在另一台裝置上新建一個錢包，用紙抄下新的助記詞。", "Create a new wallet on another device and write its phrase on paper.";
    secret_step_2: "把剩余资产转到新钱包，先转价值最高的。", "把剩餘資產轉到新錢包，先轉價值最高的。", "Move what is left to the new wallet, the most valuable first.";
    secret_step_3: "旧钱包从此不再使用。", "舊錢包從此不再使用。", "Never use the old wallet again.";
    back_to_article: "回到文章", "回到文章", "Back to the article";

    // Receipt.
    receipt_title: "反馈回执", "意見回執", "Feedback receipt";
    receipt_thanks: "收到了，谢谢你。", "收到了，謝謝你。", "We have it. Thank you.";
    receipt_in_review: "编辑正在看你的反馈。", "編輯正在看你的意見。", "An editor is looking at it.";
    receipt_planned: "看过了，准备修改。", "看過了，準備修改。", "We read it, and will change this.";
    receipt_done: "已经改好，谢谢你指出来。", "已經改好，謝謝你指出來。", "It is done. Thank you for telling us.";
    receipt_declined: "看过了，这次不改。", "看過了，這次不改。", "We read it, and leave this as it is.";
    receipt_about: "关于：", "關於：", "About:";
    receipt_site: "整个帮助中心", "整個說明中心", "The help centre";
    receipt_code: "回执编号", "回執編號", "Receipt code";
    receipt_keep: "存下这个编号或本页地址，随时可以回来看进展。", "存下這個編號或本頁地址，隨時可以回來看進展。", "Keep this code or the address of this page to see what becomes of it.";
    receipt_progress: "进展", "進展", "Progress";
    receipt_reply: "编辑的答复", "編輯的答覆", "The editors' answer";
    receipt_said: "你写的", "你寫的", "What you said";
    receipt_more: "补充说明", "補充說明", "Add to this";
    receipt_more_text: "多写一句在哪里卡住，编辑就能改得更准。", "多寫一句在哪裡卡住，編輯就能改得更準。", "One more line on where you got stuck helps the editors most.";
    receipt_added: "后来补充", "後來補充", "Added later";
    receipt_add: "再补充一句", "再補充一句", "Add a sentence";
    receipt_add_full: "补充的次数已经用完。", "補充的次數已經用完。", "No more sentences can be added.";
    receipt_change: "改在这里", "改在這裡", "Changed here";
    receipt_version: "版本 {revision}", "版本 {revision}", "Version {revision}";
    receipt_priority: "处理顺序：{priority}", "處理順序：{priority}", "Priority: {priority}";
    receipt_vote: "改评价", "改評價", "Change your vote";
    priority_fund_safety: "资金安全，最先看", "資金安全，最先看", "fund safety, looked at first";
    priority_account: "账户使用", "帳戶使用", "account access";
    priority_transaction: "交易", "交易", "transactions";
    priority_other: "一般", "一般", "general";
    receipt_withdraw: "撤回这条反馈", "撤回這則意見", "Withdraw this feedback";
    receipt_withdraw_text: "撤回后，你写的文字会被删除。", "撤回後，你寫的文字會被刪除。", "Withdrawing deletes what you wrote.";
    receipt_saved: "补充已保存。", "補充已保存。", "Saved.";
    receipt_expect: "预计：{promise}", "預計：{promise}", "Expected: {promise}";
    status_received: "已收到", "已收到", "Received";
    status_in_review: "编辑正在查看", "編輯正在查看", "In review";
    status_planned: "准备修改", "準備修改", "Planned";
    status_done: "已经改好", "已經改好", "Done";
    status_declined: "这次不改", "這次不改", "Declined";
    status_withdrawn: "已撤回", "已撤回", "Withdrawn";
    now: "目前", "目前", "Now";
    voted: "你的评价", "你的評價", "Your vote";

    // Contact.
    contact_lead: "急事走第一个渠道。联系之前，先按下面的清单准备，能少来回几次。", "急事走第一個管道。聯絡之前，先按下面的清單準備，能少來回幾次。", "For emergencies use the first channel. Having the list below ready saves time.";
    channels: "联系渠道", "聯絡管道", "Channels";
    open_now: "现在在线", "現在在線", "Open now";
    closes_at: "今天 {time} 结束", "今天 {time} 結束", "until {time} today";
    closed_now: "现在不在线", "現在不在線", "Closed now";
    opens_today: "今天 {time} 开始", "今天 {time} 開始", "opens {time} today";
    opens_on: "{day} {time} 开始", "{day} {time} 開始", "opens {day} {time}";
    always_open: "全天", "全天", "Around the clock";
    hours: "服务时间", "服務時間", "Hours";
    holiday_closed: "（节假日休息）", "（節假日休息）", " (closed on holidays)";
    first_reply: "首次回复", "首次回覆", "First reply";
    handles: "适合", "適合", "Good for";
    spoken: "语言", "語言", "Languages";
    never_ask: "任何人都不会、也不该向你要这些", "任何人都不會、也不該向你要這些", "Nobody of ours ever asks for these";
    never_ask_text: "一旦有人索要，就是骗子，请立刻停止对话。", "一旦有人索取，就是騙子，請立刻停止對話。", "Whoever asks for them is a scammer. Stop talking to them.";
    priorities: "我们按这个顺序处理", "我們按這個順序處理", "What we handle first";
    prepare: "联系前准备", "聯絡前準備", "Have this ready";
    prepare_1: "遇到什么问题：做了什么，期望什么，实际看到什么", "遇到什麼問題：做了什麼，期望什麼，實際看到什麼", "What you did, what you expected, what you saw";
    prepare_2: "应用版本、手机型号和系统版本", "應用程式版本、手機型號和系統版本", "App version, phone model and system version";
    prepare_3: "相关的网络、地址和交易哈希（都是公开信息）", "相關的網路、地址和交易雜湊（都是公開資訊）", "The network, addresses and transaction hashes (all public)";
    prepare_4: "发生的时间，和完整的报错文字", "發生的時間，和完整的錯誤訊息", "When it happened, and the full error text";
    prepare_5: "截图：先遮住余额和任何助记词", "截圖：先遮住餘額和任何助記詞", "Screenshots, with balances and any phrase covered";
    local_hours: "按你所在的时区：", "依你所在的時區：", "In your time zone:";
    local_opens: "{when}开始", "{when}開始", "opens {when}";
    local_closes: "{when}结束", "{when}結束", "closes {when}";
    check_lead: "填好后生成一段文字，复制给客服就行。内容只留在这台设备上，不会发给我们；不要写助记词或私钥。", "填好後產生一段文字，複製給客服就行。內容只留在這台裝置上，不會傳給我們；不要寫助記詞或私鑰。", "Fill it in, make one text and copy it to support. It stays on this device and is not sent to us. Never write a recovery phrase or private key.";
    check_account: "账户类型（助记词、私钥导入、硬件钱包、观察）", "帳戶類型（助記詞、私鑰匯入、硬體錢包、觀察）", "Kind of account (phrase, imported key, hardware, watch-only)";
    check_version: "应用版本、手机型号和系统版本", "應用程式版本、手機型號和系統版本", "App version, phone model and system version";
    check_what: "发生了什么：做了什么，期望什么，实际看到什么", "發生了什麼：做了什麼，期望什麼，實際看到什麼", "What happened: what you did, expected and saw";
    check_when: "发生的时间，和完整的报错文字", "發生的時間，和完整的錯誤訊息", "When, and the full error text";
    check_chain: "网络、地址和交易哈希（都是公开信息）", "網路、地址和交易雜湊（都是公開資訊）", "Network, addresses and transaction hashes (all public)";
    check_shots: "准备附上的截图（先遮住余额和任何助记词）", "準備附上的截圖（先遮住餘額和任何助記詞）", "Screenshots you will attach (cover balances and any phrase)";
    check_make: "生成文字", "產生文字", "Make the text";
    check_made: "复制这段文字", "複製這段文字", "Copy this text";
    no_channels: "还没有设置联系渠道。", "還沒有設定聯絡管道。", "No contact channel is set up yet.";

    // Official.
    official_lead: "把收到的网址、邮箱或社交账号粘贴进来，看它是否在官方登记里。", "把收到的網址、信箱或社群帳號貼進來，看它是否在官方登記裡。", "Paste a web address, e-mail or account to see whether it is in our register.";
    official_label: "网址、邮箱或账号", "網址、信箱或帳號", "Web address, e-mail or account";
    official_check: "核对", "核對", "Check";
    official_listed: "在官方登记里", "在官方登記裡", "In the official register";
    official_listed_text: "登记的是：{value}。仍请确认地址栏逐字一致；官方也不会索要助记词。", "登記的是：{value}。仍請確認網址列逐字一致；官方也不會索取助記詞。", "Registered as {value}. Still compare the address letter by letter; we never ask for a phrase.";
    official_lookalike: "不在登记里，而且很像官方的 {value}", "不在登記裡，而且很像官方的 {value}", "Not in the register, and it imitates {value}";
    official_lookalike_text: "这是仿冒的常见做法。不要打开，不要下载，不要连接钱包。", "這是仿冒的常見做法。不要開啟，不要下載，不要連接錢包。", "This is how fakes are made. Do not open it, download from it or connect a wallet.";
    likeness_letters: "它用了形状相近的字符。", "它用了形狀相近的字元。", "It uses letters that look alike.";
    likeness_typo: "它只差一个字符。", "它只差一個字元。", "It is one letter off.";
    likeness_ending: "它只换了域名的结尾。", "它只換了網域的結尾。", "Only the ending of the domain differs.";
    likeness_inside: "官方的名字只是它的一部分。", "官方的名字只是它的一部分。", "The official name is only a part of it.";
    likeness_before_at: "官方的名字写在了 @ 的前面，真正的地址在后面。", "官方的名字寫在了 @ 的前面，真正的地址在後面。", "The official name stands before the @; the real address comes after it.";
    official_unlisted: "不在官方登记里", "不在官方登記裡", "Not in the official register";
    official_unlisted_text: "登记以外的都不是我们的渠道。不要把任何信息交给对方。", "登記以外的都不是我們的管道。不要把任何資訊交給對方。", "Whatever is not listed is not ours. Do not give them anything.";
    official_register: "全部官方渠道", "全部官方管道", "All official channels";
    official_domain: "网站", "網站", "Web";
    official_email: "邮箱", "信箱", "E-mail";
    official_account: "账号", "帳號", "Account";
    official_none: "还没有登记官方渠道。", "還沒有登記官方管道。", "No official channel is registered yet.";

    // Pages that are files.
    still_search: "搜索要用到脚本，请打开浏览器的脚本功能；下面是全部文章。", "搜尋要用到指令碼，請開啟瀏覽器的指令碼功能；下面是全部文章。", "Searching needs script: please allow it in your browser. Below are all articles.";
    still_broken: "搜索暂时用不了：索引没有加载出来。下面是全部文章。", "搜尋暫時用不了：索引沒有載入。下面是全部文章。", "Searching does not work just now: its index could not be loaded. Below are all articles.";
    still_note: "这是离线副本，不能在这里提交反馈。", "這是離線副本，不能在這裡送出意見。", "This is an offline copy; feedback cannot be sent from here.";
    still_note_live: "到网站上评价这篇文章", "到網站上評價這篇文章", "Rate this article on the site";
    still_official: "离线副本不能代为核对。请拿对方给的地址和下面逐字比对，一个字符不同就不是我们。", "離線副本不能代為核對。請拿對方給的地址和下面逐字比對，一個字元不同就不是我們。", "An offline copy cannot check for you. Compare what you were given with this list letter by letter; one character off, and it is not ours.";

    // Errors.
    not_found_title: "没有这个页面", "沒有這個頁面", "Page not found";
    not_found_text: "地址可能写错了，或者文章已经搬走。", "地址可能寫錯了，或者文章已經搬走。", "The address may be mistyped, or the article has moved.";
    not_found_near: "你要找的可能是", "你要找的可能是", "You may be looking for";
    bad_request_title: "这个请求无法处理", "這個請求無法處理", "This request cannot be handled";
    bad_request_text: "请回到上一页再试一次。", "請回到上一頁再試一次。", "Please go back and try again.";
    cross_site_title: "为了安全，没有接受这次提交", "為了安全，沒有接受這次送出", "Not accepted, for your safety";
    cross_site_text: "它来自别的网站。请在本站页面上重新填写。", "它來自別的網站。請在本站頁面上重新填寫。", "It came from another site. Please use the form on our own page.";
    too_large_title: "内容太大了", "內容太大了", "Too large";
    too_large_text: "请缩短后再提交。", "請縮短後再送出。", "Please shorten it and send again.";
    too_many_title: "请求太频繁", "請求太頻繁", "Too many requests";
    too_many_text: "请等一分钟再试。", "請等一分鐘再試。", "Please wait a minute and try again.";
    internal_title: "出错了，是我们的问题", "出錯了，是我們的問題", "Something went wrong on our side";
    internal_text: "已经记录下来。你可以先搜索，或稍后再试。", "已經記錄下來。你可以先搜尋，或稍後再試。", "It has been recorded. Search meanwhile, or try again later.";
    unavailable_title: "现在有点忙", "現在有點忙", "Busy right now";
    unavailable_text: "请过几秒再刷新。", "請過幾秒再重新整理。", "Please reload in a few seconds.";
    reference: "报告问题时请附上编号：", "回報問題時請附上編號：", "When you report this, quote:";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_filled_in_every_language_with_the_same_blanks() {
        for (key, texts) in ROWS {
            let blanks = |text: &str| {
                let mut found: Vec<String> = text
                    .split('{')
                    .skip(1)
                    .filter_map(|t| t.split_once('}').map(|(name, _)| name.to_owned()))
                    .collect();
                found.sort();
                found.dedup();
                found
            };
            for text in texts {
                assert!(!text.trim().is_empty(), "{key}");
                assert_eq!(blanks(text), blanks(texts[0]), "{key}");
            }
        }
    }

    #[test]
    fn traditional_texts_hold_no_simplified_character() {
        let simplified =
            "这没帮问题过说请关系时间发现还会个们为实书页签类网钱转账链号码单钥证区块处显导复标筛选贴办几从错误询";
        let shared = "系";
        for (key, [_, hant, _]) in ROWS {
            if let Some(c) = hant.chars().find(|c| simplified.contains(*c) && !shared.contains(*c)) {
                assert!("書頁會個處選標".contains(c), "{key}: {c} in {hant}");
            }
        }
    }

    #[test]
    fn english_texts_hold_no_han() {
        for (key, [_, _, en]) in ROWS {
            assert!(!en.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c)), "{key}: {en}");
        }
    }

    #[test]
    fn every_text_is_used() {
        let mut sources = String::new();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["templates", "src/web", "src/web/pages", "src/web/pages/search", "src/web/api"] {
            for file in std::fs::read_dir(root.join(folder)).unwrap() {
                let path = file.unwrap().path();
                if path.is_file() && !path.ends_with("texts.rs") {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let unused: Vec<_> = ROWS.iter().filter(|(key, _)| !sources.contains(&format!("t.{key}"))).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn counts_choose_their_form() {
        assert_eq!(count(EN.n_articles, 1), "1 article");
        assert_eq!(count(EN.n_articles, 12_345), "12,345 articles");
        assert_eq!(count(HANS.n_articles, 0), "0 篇文章");
    }
}
