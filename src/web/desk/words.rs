//! The words of the review desk, beside those of the site and made by the same rule.

use crate::domain::{Concern, ProposalKind, ProposalState, Reason, Status, Vote};
use crate::web::texts::{Ui, texts};

texts! {
    desk: "审核台", "審核台", "Review desk";
    nav: "审核台导航", "審核台導覽", "Review desk";
    inbox: "反馈", "意見", "Feedback";
    suggestions: "改进建议", "改進建議", "Suggestions";
    figures: "数据", "資料", "Figures";
    audit: "操作记录", "操作紀錄", "Audit list";
    to_site: "回到帮助中心", "回到說明中心", "To the help centre";
    sign_in: "登录", "登入", "Sign in";
    sign_in_lead: "请用管理员给你的账号登录。", "請用管理員給你的帳號登入。", "Sign in with the account your administrator gave you.";
    name: "用户名", "使用者名稱", "Name";
    password: "密码", "密碼", "Password";
    sign_out: "退出", "登出", "Sign out";
    wrong: "用户名或密码不对。", "使用者名稱或密碼不對。", "Wrong name or password.";
    throttled: "尝试次数太多，请过 15 分钟再试。", "嘗試次數太多，請過 15 分鐘再試。", "Too many attempts. Try again in 15 minutes.";
    expired: "页面已失效，请再试一次。", "頁面已失效，請再試一次。", "This page has expired. Please try again.";
    filter: "筛选", "篩選", "Filter";
    clear: "清除", "清除", "Clear";
    any: "不限", "不限", "Any";
    state: "状态", "狀態", "State";
    vote: "评价", "評價", "Vote";
    reason: "原因", "原因", "Reason";
    article: "文章编号", "文章編號", "Article id";
    since: "自", "自", "Since";
    kind: "类型", "類型", "Kind";
    n_items: "{n} 条", "{n} 則", "{n} item|{n} items";
    nothing: "这里没有内容。", "這裡沒有內容。", "Nothing here.";
    more: "下一页", "下一頁", "Next page";
    first_page: "回到第一页", "回到第一頁", "First page";
    export: "导出", "匯出", "Export";
    keys: "键盘", "鍵盤", "Keys";
    keys_text: "j 下一条，k 上一条，回车打开，u 回到列表，e 写回复。", "j 下一則，k 上一則，Enter 開啟，u 回到清單，e 寫回覆。", "j next, k previous, Enter opens, u back to the list, e writes the reply.";
    site: "整个帮助中心", "整個說明中心", "The help centre";
    gone: "（文章已不在）", "（文章已不在）", "(the article is gone)";
    no_words: "没有写评论", "沒有寫評論", "No comment";
    added: "后来补充", "後來補充", "Added later";
    contact: "联系方式", "聯絡方式", "Contact";
    query: "来自搜索", "來自搜尋", "Search that led here";
    revision: "评价时的版本", "評價時的版本", "Version voted on";
    revision_present: "现行版本", "現行版本", "the present one";
    revision_earlier: "较早版本", "較早版本", "an earlier one";
    problems: "文章的问题", "文章的問題", "Problems of the articles";
    problems_lead: "读入文章时发现的问题；更细的检查请运行 wenqu check。", "讀入文章時發現的問題；更細的檢查請執行 wenqu check。", "What was found while the articles were read; wenqu check looks closer.";
    problem_place: "位置", "位置", "Place";
    problem_what: "问题与改法", "問題與改法", "Problem and remedy";
    problem_rule: "规则", "規則", "Rule";
    skipped: "有 {n} 个文件因为错误没有收录，读者看不到。", "有 {n} 個檔案因為錯誤沒有收錄，讀者看不到。", "{n} file is left out for its faults: readers do not see it.|{n} files are left out for their faults: readers do not see them.";
    trouble_folder: "文章文件夹读不出来，读者看到的还是上一个好的版本。", "文章資料夾讀不出來，讀者看到的還是上一個好的版本。", "The articles folder cannot be read: readers get the last good edition.";
    trouble_pull: "{at} 从仓库拉取失败：{why}。读者看到的还是之前的版本。", "{at} 從儲存庫拉取失敗：{why}。讀者看到的還是之前的版本。", "Pulling failed at {at}: {why}. Readers get what was there before.";
    pull_start: "文章文件夹不在，或没有装 git", "文章資料夾不在，或沒有安裝 git", "the folder is gone, or git is not installed";
    pull_fetch: "远端没有回应，或拒绝了", "遠端沒有回應，或拒絕了", "the other side does not answer, or refuses";
    pull_upstream: "分支没有对应的远端分支", "分支沒有對應的遠端分支", "the branch follows no other";
    pull_forward: "远端的历史被改写，或这里的文件被改动", "遠端的歷史被改寫，或這裡的檔案被改動", "the history there was rewritten, or a file here was changed";
    pull_time: "花的时间太长", "花的時間太長", "it took too long";
    past: "历次版本", "歷次版本", "Versions";
    past_lead: "文章每次提交后的样子，以及读者对那个版本的评价。改了之后有没有更好，看这里。", "文章每次提交後的樣子，以及讀者對那個版本的評價。改了之後有沒有更好，看這裡。", "The article after each commit, and what readers thought of it then: whether a change made it better.";
    past_state: "版本", "版本", "Version";
    past_content: "内容", "內容", "Content";
    past_feedback: "这个版本的反馈", "這個版本的意見", "Feedback on it";
    past_uncommitted: "尚未提交", "尚未提交", "Not committed yet";
    past_unknown: "git 历史里没有这个版本（最近一次评价 {day}）", "git 歷史裡沒有這個版本（最近一次評價 {day}）", "Not in the git history (last vote on {day})";
    past_cut: "更早的提交没有列出，或不在这个克隆里。", "更早的提交沒有列出，或不在這個複製裡。", "Earlier commits are not listed, or not in this clone.";
    past_failed: "读不出 git 历史，下面只有读者评价过的版本。", "讀不出 git 歷史，下面只有讀者評價過的版本。", "The git history cannot be read; only versions that readers voted on are listed.";
    arrived: "收到", "收到", "Arrived";
    priority: "优先级", "優先級", "Priority";
    receipt: "回执", "回執", "Receipt";
    receipt_open: "读者看到的页面", "讀者看到的頁面", "What the reader sees";
    decide: "处理", "處理", "Decide";
    reply: "给读者的答复（公开在回执上）", "給讀者的答覆（公開在回執上）", "Reply to the reader (shown on the receipt)";
    reply_all: "答复（会公开在 {n} 位读者的回执上）", "答覆（會公開在 {n} 位讀者的回執上）", "Reply (shown on {n} receipt)|Reply (shown on {n} receipts)";
    reply_needed: "不采纳时请写明理由，读者会看到。", "不採納時請寫明理由，讀者會看到。", "Say why when you decline: the reader sees it.";
    too_long: "太长了，最多 2,000 字。", "太長了，最多 2,000 字。", "Too long: at most 2,000 characters.";
    save: "保存", "儲存", "Save";
    saved: "已保存。", "已儲存。", "Saved.";
    note: "内部备注（读者看不到）", "內部備註（讀者看不到）", "Internal note (readers never see it)";
    note_add: "加备注", "加備註", "Add note";
    history: "经过", "經過", "History";
    by_reader: "读者", "讀者", "Reader";
    by_ranking: "读者又提到", "讀者又提到", "Said again by readers";
    unknown: "有的提交写错了建议编号", "有的提交寫錯了建議編號", "Commits that name no suggestion";
    unknown_text: "下面这些编号不存在，所以没有关闭任何建议，读者也没有收到消息。核对编号后，在新的提交里再写一次。", "下面這些編號不存在，所以沒有關閉任何建議，讀者也沒有收到消息。核對編號後，在新的提交裡再寫一次。", "Nothing has these ids, so nothing was closed and no reader was told. Check them and name the right ones in another commit.";
    act_sign_in: "登录", "登入", "Signed in";
    act_sign_out: "退出", "登出", "Signed out";
    act_refused: "登录被拒", "登入被拒", "Sign-in refused";
    act_throttled: "登录次数过多", "登入次數過多", "Too many sign-ins";
    act_status: "改反馈状态", "改意見狀態", "Feedback state";
    act_note: "加内部备注", "加內部備註", "Internal note";
    act_suggestion: "处理建议", "處理建議", "Suggestion";
    act_export: "导出", "匯出", "Export";
    act_recount: "重新统计", "重新統計", "Counted again";
    act_added: "添加审核者", "新增審核者", "Reviewer added";
    act_disabled: "停用审核者", "停用審核者", "Reviewer disabled";
    act_enabled: "恢复审核者", "恢復審核者", "Reviewer enabled";
    act_password: "更换密码", "更換密碼", "Password changed";
    act_token: "新建令牌", "新建權杖", "Token made";
    act_webhook: "通知未送达", "通知未送達", "Webhook gave up";
    withdrawn: "读者已撤回，文字已删除。", "讀者已撤回，文字已刪除。", "Withdrawn by the reader; the words are erased.";
    ranked: "按受影响的读者、严重程度和 95% 区间下限排序。", "按受影響的讀者、嚴重程度和 95% 區間下限排序。", "Ranked by readers affected, severity and the lower end of the 95 % interval.";
    recount: "重新统计", "重新統計", "Count again";
    recounting: "正在统计，稍后刷新本页。", "正在統計，稍後重新整理本頁。", "Counting; reload this page in a moment.";
    counted: "统计于 {time}", "統計於 {time}", "Counted {time}";
    never_counted: "还没有统计过。服务启动后几分钟内会有第一次结果。", "還沒有統計過。服務啟動後幾分鐘內會有第一次結果。", "Nothing is counted yet. The first figures come within minutes of the start.";
    readers: "受影响", "受影響", "Affected";
    share: "占比（95% 区间）", "占比（95% 區間）", "Share (95 % interval)";
    score: "得分", "得分", "Score";
    n_of: "{n} / {of}", "{n} / {of}", "{n} of {of}";
    file: "文件", "檔案", "File";
    evidence: "依据", "依據", "Evidence";
    votes: "投票", "投票", "Votes";
    votes_present: "现行版本", "現行版本", "Present version";
    votes_earlier: "较早版本", "較早版本", "Earlier versions";
    helped: "有帮助", "有幫助", "Helped";
    helped_not: "没帮助", "沒幫助", "Did not";
    words_shared: "共同的词", "共同的詞", "Words in common";
    comments: "读者的话", "讀者的話", "What readers say";
    queries: "搜索词", "搜尋詞", "Searches";
    asked: "搜索次数", "搜尋次數", "Asked";
    found: "有结果", "有結果", "Found";
    no_result: "无结果", "無結果", "No result";
    opened: "点开文章", "點開文章", "Opened";
    places: "位置", "位置", "Where";
    merge_into: "并入另一条建议", "併入另一則建議", "Merge into another suggestion";
    merged_into: "已并入", "已併入", "Merged into";
    merged_from: "并入本条的", "併入本則的", "Merged into this one";
    merge_unknown: "请选一条别的建议。", "請選一則別的建議。", "Choose another suggestion.";
    to_editor: "交给编辑", "交給編輯", "To the editor";
    to_editor_text: "下载 Markdown，贴进 issue 或合并请求。提交信息里写上下面这行，合并后这条建议会自动完成：", "下載 Markdown，貼進 issue 或合併請求。提交訊息裡寫上下面這行，合併後這則建議會自動完成：", "Download the Markdown for an issue or merge request. With this line in the commit message, merging closes the suggestion:";
    markdown: "下载 Markdown", "下載 Markdown", "Download Markdown";
    over_time: "每周满意度", "每週滿意度", "Satisfaction by week";
    by_category: "各主题满意度", "各主題滿意度", "Satisfaction by topic";
    worst: "最需要改进的文章", "最需要改進的文章", "Articles that help least";
    top_queries: "搜得最多", "搜得最多", "Most frequent searches";
    failing_queries: "搜不到的", "搜不到的", "Searches that find nothing";
    searches_over_time: "每周搜索", "每週搜尋", "Searches by week";
    week: "周起始", "週起始", "Week of";
    as_table: "以表格查看", "以表格檢視", "As a table";
    learned: "学到的词", "學到的詞", "Words learned";
    learned_text: "读者换了说法才找到文章。逐行核对后，在文章仓库里应用这个补丁。", "讀者換了說法才找到文章。逐行核對後，在文章儲存庫裡套用這個修補檔。", "Readers found the article only in other words. Check each line, then apply this patch in the articles repository.";
    learned_patch: "下载补丁", "下載修補檔", "Download patch";
    new_word: "（新词）", "（新詞）", "(new word)";
    times: "次数", "次數", "Times";
    when: "时间", "時間", "When";
    who: "谁", "誰", "Who";
    what: "操作", "操作", "What";
    target: "对象", "對象", "Target";
    detail: "说明", "說明", "Detail";
    kind_comments: "同类评论", "同類評論", "Comments alike";
    kind_votes: "没帮助的投票", "沒幫助的投票", "Votes against";
    kind_missing: "读者想要", "讀者想要", "Asked for";
    kind_no_result: "搜不到", "搜不到", "No result";
    kind_low_click: "搜到没人点", "搜到沒人點", "Never opened";
    due: "复核：", "覆核：", "Review: ";
    due_calendar: "待复核日历（iCalendar）", "待覆核行事曆（iCalendar）", "Calendar of reviews due (iCalendar)";
    kind_overdue: "过期未复核", "過期未覆核", "Review overdue";
    kind_fault: "文件有错", "檔案有錯", "Fault in a file";
    state_open: "待处理", "待處理", "Open";
    state_planned: "准备修改", "準備修改", "Planned";
    state_done: "已完成", "已完成", "Done";
    state_declined: "不采纳", "不採納", "Declined";
    state_merged: "已合并", "已合併", "Merged";
    concern_fund_safety: "资金安全", "資金安全", "Fund safety";
    concern_account: "账户", "帳戶", "Account";
    concern_transaction: "交易", "交易", "Transaction";
    concern_other: "其他", "其他", "Other";
    event_sentence: "补充了说明", "補充了說明", "Added words";
    event_withdrawn: "撤回", "撤回", "Withdrew";
    event_status: "状态", "狀態", "State";
    event_reply: "答复", "答覆", "Reply";
    event_note: "备注", "備註", "Note";
}

/// The words of a language.
pub fn of(ui: Ui) -> &'static Texts {
    match ui {
        Ui::Hans => &HANS,
        Ui::Hant => &HANT,
        Ui::En => &EN,
    }
}

/// What a proposal was made from.
pub fn kind(w: &'static Texts, kind: ProposalKind) -> &'static str {
    match kind {
        ProposalKind::Comments => w.kind_comments,
        ProposalKind::Votes => w.kind_votes,
        ProposalKind::Missing => w.kind_missing,
        ProposalKind::NoResult => w.kind_no_result,
        ProposalKind::LowClick => w.kind_low_click,
        ProposalKind::Overdue => w.kind_overdue,
        ProposalKind::Fault => w.kind_fault,
    }
}

/// What editors decided.
pub fn state(w: &'static Texts, state: ProposalState) -> &'static str {
    match state {
        ProposalState::Open => w.state_open,
        ProposalState::Planned => w.state_planned,
        ProposalState::Done => w.state_done,
        ProposalState::Declined => w.state_declined,
        ProposalState::Merged => w.state_merged,
    }
}

/// What is at stake.
pub fn concern(w: &'static Texts, concern: Concern) -> &'static str {
    match concern {
        Concern::FundSafety => w.concern_fund_safety,
        Concern::Account => w.concern_account,
        Concern::Transaction => w.concern_transaction,
        Concern::Other => w.concern_other,
    }
}

/// What became of feedback, as its reader is told.
pub fn status(ui: Ui, status: Status) -> &'static str {
    let t = ui.texts();
    match status {
        Status::Received => t.status_received,
        Status::InReview => t.status_in_review,
        Status::Planned => t.status_planned,
        Status::Done => t.status_done,
        Status::Declined => t.status_declined,
        Status::Withdrawn => t.status_withdrawn,
    }
}

/// A vote.
pub fn vote(w: &'static Texts, vote: Option<Vote>) -> &'static str {
    match vote {
        Some(Vote::Yes) => w.helped,
        Some(Vote::No) => w.helped_not,
        None => "",
    }
}

/// Why an article did not help.
pub fn reason(ui: Ui, reason: Option<Reason>) -> &'static str {
    reason.map_or("", |reason| crate::web::pages::note::reason_text(ui.texts(), reason))
}

/// An action of the audit list in words; one of a later version as it is.
pub fn action<'a>(w: &Texts, action: &'a str) -> &'a str {
    match action {
        "sign-in" => w.act_sign_in,
        "sign-out" => w.act_sign_out,
        "sign-in refused" => w.act_refused,
        "sign-in throttled" => w.act_throttled,
        "status" => w.act_status,
        "note" => w.act_note,
        "suggestion" => w.act_suggestion,
        "export" => w.act_export,
        "recount" => w.act_recount,
        "reviewer added" => w.act_added,
        "reviewer disabled" => w.act_disabled,
        "reviewer enabled" => w.act_enabled,
        "password" => w.act_password,
        "token" => w.act_token,
        "webhook" => w.act_webhook,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_and_english_holds_no_han() {
        for (key, texts) in ROWS {
            assert!(texts.iter().all(|text| !text.trim().is_empty()), "{key}");
            assert!(!texts[2].chars().any(crate::text::is_han), "{key}");
        }
    }

    #[test]
    fn every_word_is_used() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut sources = String::new();
        for folder in ["templates/desk", "src/web/desk"] {
            for file in std::fs::read_dir(root.join(folder)).unwrap() {
                sources.push_str(&std::fs::read_to_string(file.unwrap().path()).unwrap());
            }
        }
        let unused: Vec<_> = ROWS.iter().filter(|(key, _)| !sources.contains(&format!("w.{key}"))).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }
}
