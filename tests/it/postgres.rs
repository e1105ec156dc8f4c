//! A database of its own for a test, on the server that `WENQU_TEST_POSTGRES` names (`tests/run`
//! always sets it).

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// A new database on the test server.
pub struct Database {
    pub url: String,
    server: String,
    name: String,
}

impl Database {
    /// None, with a word on why, where there is no server.
    pub async fn new(test: &str) -> Option<Self> {
        let Ok(server) = std::env::var("WENQU_TEST_POSTGRES") else {
            println!("skipped: {test} needs WENQU_TEST_POSTGRES=postgres://… (tests/run sets it)");
            return None;
        };
        let name = format!("wenqu_{test}_{}", std::process::id());
        let mut admin = PgConnection::connect(&server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (base, options) = server.split_once('?').map_or((server.as_str(), ""), |(base, options)| (base, options));
        let (base, _) = base.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}?{options}");
        Some(Self { url, server, name })
    }

    /// Takes it away.
    pub async fn leave(self) {
        let mut admin = PgConnection::connect(&self.server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name))).await.unwrap();
    }
}

/// Runs a test that talks to processes on a database of its own, if there is a server.
pub fn with_database(test: &str, run: impl FnOnce(&str)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Some(database) = runtime.block_on(Database::new(test)) {
        run(&database.url);
        runtime.block_on(database.leave());
    }
}
