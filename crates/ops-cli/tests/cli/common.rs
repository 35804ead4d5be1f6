//! Runs of the binary, each in an environment of its own.

use std::ffi::OsStr;
#[cfg(unix)]
use std::io::PipeReader;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

/// No wait of a test takes longer than this, unless something hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Both HTTP clients.
pub(crate) const TRANSPORTS: [&str; 2] = ["hyper", "ureq"];
/// Every form of the output.
pub(crate) const FORMS: [&str; 4] = ["table", "json", "ndjson", "csv"];

/// AWS's documented example of a list, which every fake holds.
pub(crate) const EXAMPLE_IDS: [&str; 3] = [
    "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample",
    "prysnyzpji3u2ciy45nke83x2zanl7yk-dexample",
    "ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example",
];
/// The connector that every fake holds.
pub(crate) const EXAMPLE_CONNECTOR_ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/ops-example/0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4";

/// A run of the binary: its arguments, and an environment that holds nothing else than what is set here.
pub(crate) struct Ops {
    command: Command,
    home: TempDir,
}

/// How a run ended, and what it wrote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ops {
    pub(crate) fn new(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
        command
            .args(args)
            .env_clear()
            .env("HOME", home.path())
            .env("USERPROFILE", home.path())
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Sockets and the C runtime of Windows do not start without it.
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        Self { command, home }
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn envs<'a>(self, variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        variables
            .into_iter()
            .fold(self, |ops, (name, value)| ops.env(name, value))
    }

    /// Credentials and a region, as good as any.
    pub(crate) fn signed(self) -> Self {
        self.envs([
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            (
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            ),
        ])
    }

    /// Writes a file below the home folder.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Gives it this to read from stdin.
    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self = self.file("stdin", text);
        let file = std::fs::File::open(self.home.path().join("stdin")).unwrap();
        self.command.stdin(file);
        self
    }

    pub(crate) fn spawn(mut self) -> Running {
        let mut child = self.command.spawn().unwrap();
        let stderr = in_background(child.stderr.take().unwrap());
        Running {
            child,
            stderr,
            _home: self.home,
        }
    }

    /// Starts it with stdout and stderr in one pipe, and in a second one that nothing is written to: its end is the
    /// process's.
    #[cfg(unix)]
    pub(crate) fn spawn_into_one_pipe(mut self) -> (Running, PipeReader) {
        let (one, both) = std::io::pipe().unwrap();
        let (end, held) = std::io::pipe().unwrap();
        self.command
            .stdout(both.try_clone().unwrap())
            .stderr(both)
            .stdin(held);
        let running = Running {
            child: self.command.spawn().unwrap(),
            stderr: in_background(end),
            _home: self.home,
        };
        (running, one)
    }

    /// Runs with a stdout that takes nothing.
    #[cfg(target_os = "linux")]
    pub(crate) fn run_to_full_disk(mut self) -> Outcome {
        self.command
            .stdout(std::fs::File::create("/dev/full").unwrap());
        let (code, stderr) = self.spawn().wait();
        Outcome {
            code,
            stdout: String::new(),
            stderr,
        }
    }

    pub(crate) fn run(self) -> Outcome {
        let mut running = self.spawn();
        let stdout = in_background(running.child.stdout.take().unwrap());
        let (code, stderr) = running.wait();
        Outcome {
            code,
            stdout: stdout.recv_timeout(PATIENCE).unwrap(),
            stderr,
        }
    }
}

impl Outcome {
    /// The lines of stderr.
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stderr.lines().collect()
    }

    /// The checkpoint that it ended with, as a shell would take it from the line that says so.
    pub(crate) fn checkpoint(&self) -> &str {
        checkpoint(&self.stderr)
    }
}

/// The checkpoint in the last line but one of stderr.
pub(crate) fn checkpoint(stderr: &str) -> &str {
    let line = stderr.lines().rev().nth(1).unwrap_or_default();
    line.strip_prefix("resume with: --resume '")
        .and_then(|rest| rest.strip_suffix('\''))
        .unwrap_or_else(|| panic!("no checkpoint: {stderr}"))
}

/// The ids of a list of either service that was printed in this form.
pub(crate) fn ids(form: &str, stdout: &str) -> Vec<String> {
    let id = |item: &Value| {
        let id = item.get("Id").or_else(|| item.get("connectorOperationArn"));
        id.unwrap().as_str().unwrap().to_owned()
    };
    match form {
        "json" => {
            let document: Value = serde_json::from_str(stdout).unwrap();
            let list = document.as_object().unwrap().values().next().unwrap();
            list.as_array().unwrap().iter().map(id).collect()
        }
        "ndjson" => stdout
            .lines()
            .map(|line| id(&serde_json::from_str(line).unwrap()))
            .collect(),
        _ => stdout
            .lines()
            .skip(1)
            .map(|line| line.split([' ', ',']).next().unwrap().to_owned())
            .collect(),
    }
}

/// The output of a run that must succeed.
pub(crate) fn stdout_of(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let outcome = Ops::new(args).run();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    outcome.stdout
}

/// A process that is killed if the test ends before it does.
pub(crate) struct Running {
    pub(crate) child: Child,
    stderr: Receiver<String>,
    _home: TempDir,
}

impl Running {
    /// Waits for the end: the exit code, `None` if a signal killed it, and what it wrote to stderr.
    pub(crate) fn wait(&mut self) -> (Option<i32>, String) {
        // The pipe's end is the process's.
        let stderr = self.stderr.recv_timeout(PATIENCE).expect("it hangs");
        let status: ExitStatus = self.child.wait().unwrap();
        (status.code(), stderr)
    }

    /// Waits until nobody takes what it writes to stdout, where the system tells: on Linux.
    #[cfg(unix)]
    pub(crate) fn wait_until_stalled(&self) {
        let start = Instant::now();
        // The system call that the main thread is in: its number and its arguments.
        let call = || std::fs::read_to_string(format!("/proc/{}/syscall", self.child.id()));
        while call().is_ok_and(|call| call.split(' ').nth(1) != Some("0x1")) {
            assert!(start.elapsed() < PATIENCE, "it never writes");
            thread::yield_now();
        }
    }

    /// Sends a signal, by its name without `SIG`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(status.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything that can be read from here, once the end has come.
fn in_background(mut from: impl Read + Send + 'static) -> Receiver<String> {
    let (to, text) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        let _ = to.send(String::from_utf8(bytes).unwrap());
    });
    text
}
