//! What goes wrong with the database, in the language of messages and with a way on.

use crate::store::Error;

use super::say::Say;

/// The error in one sentence for whoever typed the command.
pub(super) fn words(say: Say, error: &Error) -> String {
    let text = |chinese: &str, english: &str| say.pick(chinese, english).to_owned();
    match error {
        Error::Address => text(
            "数据库地址应是文件路径、sqlite:路径 或 postgres://…：检查 --database 或 WENQU_DATABASE",
            "the database address must be a path, sqlite:PATH or postgres://…: check --database or WENQU_DATABASE",
        ),
        Error::File(_) => text(
            "数据库文件无法使用：检查它所在的文件夹是否可写",
            "the database file cannot be used: check that its folder can be written",
        ),
        Error::Migrate(_) => text(
            "数据库的表不能更新：它可能属于更新版本的程序，请升级程序，或用 --database 指定另一个数据库",
            "the tables cannot be brought up to date: they may belong to a newer version; upgrade, or name another database",
        ),
        Error::Busy(_) => text("数据库正忙：稍后再试", "the database is busy: try again in a moment"),
        Error::Unreachable(_) => text(
            "连不上数据库：检查它是否在运行，地址、密码和网络是否正确",
            "the database is out of reach: check that it runs, its address, password and the network",
        ),
        Error::Full(_) => {
            text("数据库所在的磁盘已满：腾出空间后再试", "the disk of the database is full: make room and try again")
        }
        Error::Damaged(_) => text(
            "数据库文件已损坏，不再写入：停下服务，用 wenqu restore 恢复备份",
            "the database file is damaged and written no more: stop the server, wenqu restore brings a backup back",
        ),
        Error::Broken(_) => text("数据库出错：检查磁盘和权限", "the database failed: check its disk and its rights"),
        Error::Closed => text("数据库已经关闭", "the database is closed"),
        Error::Unreadable(_) => text(
            "有一条记录无法读懂：它可能由更新版本的程序写入，请升级程序",
            "a kept row cannot be read: a newer version may have written it; upgrade",
        ),
        Error::Randomness => text("系统没有给出随机数", "the operating system gives no randomness"),
        Error::Password => text("密码无法处理", "the password cannot be hashed"),
        Error::NameTaken(name) => match say.pick("zh", "en") {
            "zh" => format!("已有名为「{name}」的审核者：换一个名字，或用 wenqu reviewer passwd {name} 换密码"),
            _ => format!(
                "there is already a reviewer named {name}: choose another name, or wenqu reviewer passwd {name}"
            ),
        },
        Error::NoReviewer(name) => match say.pick("zh", "en") {
            "zh" => format!("没有名为「{name}」的审核者，或已停用：用 wenqu reviewer list 查看"),
            _ => format!("no reviewer named {name}, or disabled: see wenqu reviewer list"),
        },
        Error::BadBackup(reason) => format!(
            "{}{reason}",
            say.pick("这个备份不能用，什么都没有改动：", "the backup is not usable, nothing was changed: ")
        ),
        Error::InUse => {
            text("数据库正在使用：先停下 wenqu serve，再恢复备份", "the database is in use: stop wenqu serve first")
        }
        Error::SqliteOnly => text(
            "只有内置的 SQLite 数据库能这样做；PostgreSQL 请用 pg_dump 和 pg_restore",
            "only the embedded SQLite database can do this; for PostgreSQL use pg_dump and pg_restore",
        ),
    }
}
