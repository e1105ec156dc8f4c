//! Opening the articles folder, and `wenqu new`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use jiff::Zoned;

use crate::domain::{ArticleId, CategoryId};
use crate::edition::{Editions, Options};

use super::say::Say;
use super::{Outcome, Places};

/// Opens the folder, its index on disk, with a bar on a terminal.
pub(super) fn open(places: &Places, drafts: bool, say: Say) -> anyhow::Result<Editions> {
    present(places, say)?;
    let progress = say.progress();
    let options = Options { articles: places.articles.clone(), data: Some(places.data.clone()), drafts };
    Ok(Editions::open(options, &|stage, done, all| progress.stage(stage, done, all))?)
}

/// As [`open`], but with the index in memory, so that nothing on disk is touched.
pub(super) fn open_aside(places: &Places, say: Say) -> anyhow::Result<Editions> {
    present(places, say)?;
    let progress = say.progress();
    let options = Options { articles: places.articles.clone(), data: None, drafts: false };
    Ok(Editions::open(options, &|stage, done, all| progress.stage(stage, done, all))?)
}

/// As [`open`], but when another process is writing the index, beside it in memory.
pub(super) fn open_shared(places: &Places, say: Say) -> anyhow::Result<Editions> {
    match open(places, false, say) {
        Err(error)
            if matches!(error.downcast_ref(), Some(crate::edition::Error::Index(crate::search::Error::Busy))) =>
        {
            open_aside(places, say)
        }
        other => other,
    }
}

/// As [`open_shared`], but where there is no data folder yet, in memory: measuring leaves nothing behind.
pub(super) fn open_untouched(places: &Places, say: Say) -> anyhow::Result<Editions> {
    if places.data.exists() { open_shared(places, say) } else { open_aside(places, say) }
}

fn present(places: &Places, say: Say) -> anyhow::Result<()> {
    let folder = places.articles.display();
    if !places.articles.is_dir() {
        let advice = say.pick(
            "没有找到文章文件夹。用 --articles DIR 指定，或先运行 wenqu new 写第一篇：wenqu new start --title 标题",
            "there is no articles folder. Name one with --articles DIR, or write a first article: wenqu new start --title TITLE",
        );
        bail!("{folder}: {advice}");
    }
    Ok(())
}

/// `wenqu new`.
#[derive(Args, Debug)]
pub(super) struct New {
    /// Path of the article below the articles folder, with or without .md.
    path: String,
    /// Its title.
    #[arg(long)]
    title: String,
    /// Category id, when it is not the folder.
    #[arg(long, value_name = "ID")]
    category: Option<String>,
    /// The articles folder.
    #[arg(long, env = "WENQU_ARTICLES", default_value = "articles", value_name = "DIR")]
    articles: PathBuf,
}

impl New {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let id = ArticleId::parse(self.path.trim_end_matches(".md"))
            .with_context(|| format!("{}: {}", self.path, say.pick("不能作为文章路径", "not a path for an article")))?;
        let category = self.category.as_deref().map(CategoryId::parse).transpose()?;
        let file = self.articles.join(format!("{id}.md"));
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let mut target = fs::OpenOptions::new().write(true).create_new(true).open(&file).with_context(|| {
            format!(
                "{}: {}",
                file.display(),
                say.pick(
                    "无法新建（已存在的文件不会覆盖）",
                    "cannot be created (existing files are never overwritten)"
                )
            )
        })?;
        let title = serde_json::Value::from(self.title.trim()).to_string();
        let category = category.map_or_else(String::new, |id| format!("category: {id}\n"));
        let today = Zoned::now().date();
        write!(
            target,
            "---\ntitle: {title}\ndescription: 用一两句话直接回答。\n{category}tags: []\nquestions:\n  - 读者会怎样问\ndate: {today}\nseverity: normal\n---\n\n先写答案。\n\n1. 第一步。\n2. 第二步。\n\n## 还是不行\n\n说明什么时候停下来、找谁。\n"
        )?;
        outln!("{}", file.display());
        Ok(Outcome::Good)
    }
}
