//! A small site for the tests of this room: a handful of articles in a real edition, held in memory,
//! and a store that lives as long as its test.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;

use super::{App, Options};
use crate::edition::{self, Editions};
use crate::store::Store;

/// Noon of 22 November 2026 in Beijing, a Sunday.
pub fn now() -> Timestamp {
    Timestamp::from_second(1_795_320_000).unwrap_or_default()
}

const FILES: &[(&str, &str)] = &[
    (
        "wenqu.toml",
        r#"
[site]
name = "示例钱包帮助中心"
tagline = "先给答案，再说原因"
languages = ["zh-CN", "zh-TW", "en"]

[[urgent]]
label = "资产被盗"
hint = "先救还在的"
article = "security/stolen"

[contact]
never_ask = ["助记词", "私钥"]
priorities = ["资金安全"]

[[contact.channels]]
kind = "chat"
name = "在线客服"
address = "https://help.example.com/chat"
languages = ["zh-CN", "en"]
timezone = "Asia/Shanghai"
hours = [{ days = "mon-sun", open = "09:00", close = "21:00" }]
first_reply = "15 分钟内"
handles = "资金安全"

[[contact.channels]]
kind = "email"
name = "邮件"
address = "support@example.com"
languages = ["zh-CN", "en"]
timezone = "Asia/Shanghai"
hours = [{ days = "mon-fri", open = "09:00", close = "21:00" }]

[[official]]
kind = "domain"
value = "example.com"
note = "官方"

[[official]]
kind = "email"
value = "security@example.com"
note = "官方"

[[official]]
kind = "account"
value = "@example"
note = "官方"

[promises]
fund_safety = "24小时内查看"
account = "2个工作日内查看"
transaction = "3个工作日内查看"
other = "5个工作日内查看"

[search]
popular = ["转账没到账"]

[translations.en]
"资产被盗" = "Funds stolen"
"交易" = "Transactions"
"在线咨询" = "Live chat"
"#,
    ),
    ("transactions/_index.md", "---\ntitle: 交易\ndescription: 关于交易的文章\nweight: 1\nicon: transfer\n---\n"),
    ("security/_index.md", "---\ntitle: 资金安全\ndescription: 关于资金安全的文章\nweight: 2\nicon: shield\n---\n"),
    (
        "transactions/not-arrived.md",
        "---\ntitle: 转账没有到账怎么办\npinned: true\nweight: 1\nrelated: [transactions/pending]\naliases: [old/not-arrived]\n\
         applies_to: [iOS]\nupdated: 2026-11-20\n---\n先不要再转第二笔，用交易哈希看状态。到账慢不等于丢了。\n\n\
         ## 先查交易状态 {#check}\n\n1. 打开交易记录，看是否到账。\n2. 点开那一笔，复制交易哈希。\n3. 到区块浏览器里查询。\n\n\
         ![交易记录](images/tx.svg)\n\n## 还在打包中 {#pending}\n\n多数情况是手续费低了。\n",
    ),
    (
        "transactions/not-arrived-en.md",
        "---\ntitle: Transfer has not arrived\nweight: 4\nlang: en\ntranslation_of: transactions/not-arrived\ntags: [transfer]\nupdated: 2026-10-01\n---\n\
         Do not send a second time. Look up the transaction first.\n",
    ),
    ("transactions/pending.md", "---\ntitle: 交易一直打包中\nweight: 2\nupdated: 2026-11-20\n---\n可以加速或取消。\n"),
    (
        "transactions/look-up-transaction.md",
        "---\ntitle: 怎样查一笔交易\nweight: 3\nupdated: 2026-11-20\n---\n复制哈希，打开区块浏览器。\n",
    ),
    (
        "security/stolen.md",
        "---\ntitle: 资产被盗后的第一个小时\nseverity: urgent\ntags: [紧急]\nreview_by: 2026-01-01\nupdated: 2026-11-20\n---\n\
         先救还在的。\n\n## 头 5 分钟 {#stop}\n\n关掉正在看的网页。\n\n不再点任何确认。\n",
    ),
    (
        "hostile.md",
        "---\ntitle: \"</title><script>alert(1)</script>\"\ntags: ['\"><b>']\n---\n\"><img src=x onerror=alert(1)>\n",
    ),
    ("hidden.md", "---\ntitle: 不列出的文章\nunlisted: true\n---\n只有知道地址才看得到。\n"),
    ("draft.md", "---\ntitle: 草稿\ndraft: true\n---\n还没写完。\n"),
    ("transactions/images/tx.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"/>"),
];

/// Built once: reading the dictionary takes a second.
static EDITIONS: LazyLock<Arc<Editions>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap().keep();
    for (path, text) in FILES {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let options = edition::Options { articles: folder, data: None, drafts: false };
    Arc::new(Editions::open(options, &|_, _, _| {}).unwrap())
});

/// The site, with a store of its own.
pub async fn app() -> App {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let options = Options { base_url: "https://help.example.com".to_owned(), ..Options::default() };
    App { now, ..App::new(Arc::clone(&EDITIONS), store, options) }
}
