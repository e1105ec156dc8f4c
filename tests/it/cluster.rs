//! A PostgreSQL of one test alone, with a socket and no port: nothing that can be taken, nothing that
//! others can reach.

use std::path::Path;
use std::process::Command;

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

/// A PostgreSQL; stopped when dropped.
pub struct Cluster {
    folder: tempfile::TempDir,
    bin: String,
}

impl Cluster {
    /// Starts one; none where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let output = Command::new("pg_config").arg("--bindir").output().ok()?;
        let bin = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        if !Path::new(&bin).join("initdb").exists() {
            return None;
        }
        let cluster = Self { folder: tempfile::tempdir().unwrap(), bin };
        let here = cluster.path();
        // The server will not run as root, and its own user must be able to enter.
        if Self::is_root() {
            assert!(run("chown", &["postgres", &here]) && run("chmod", &["711", &here]));
        }
        let data = format!("{here}/data");
        let made = cluster
            .run("initdb", &["-D", &data, "-U", "wenqu", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        if !made {
            return None;
        }
        cluster.begin();
        assert!(cluster.run("createdb", &["-h", &here, "-U", "wenqu", "wenqu"]));
        Some(cluster)
    }

    fn is_root() -> bool {
        Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
    }

    /// Its address for the program.
    pub fn url(&self) -> String {
        format!("postgres://wenqu@localhost/wenqu?host={}", self.path())
    }

    /// Where its socket is.
    pub fn path(&self) -> String {
        self.folder.path().to_str().unwrap().to_owned()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = format!("{}/{program}", self.bin);
        let mut command = if Self::is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", &program]);
            command
        } else {
            Command::new(program)
        };
        let quiet = std::process::Stdio::null;
        command.args(arguments).current_dir(self.folder.path()).stdout(quiet()).stderr(quiet());
        command.status().is_ok_and(|status| status.success())
    }

    /// Starts it again.
    pub fn begin(&self) {
        let here = self.path();
        let options =
            format!("-c listen_addresses= -c unix_socket_directories={here} -c fsync=off -c max_connections=50");
        let log = format!("{here}/log");
        assert!(
            self.run("pg_ctl", &["-D", &format!("{here}/data"), "-l", &log, "-o", &options, "-w", "-t", "60", "start"])
        );
    }

    /// Stops it as a crash does.
    pub fn end(&self) {
        self.run("pg_ctl", &["-D", &format!("{}/data", self.path()), "-m", "immediate", "-w", "stop"]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end();
    }
}
