use std::env;
use std::process::Command;

const CHILD: &str = "OPS_TRANSPORT_CONFORMANCE_CHILD";

/// What became of a test in a process of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Child {
    /// Whether the test ran and passed.
    pub passed: bool,
    /// Everything that the process wrote to its standard output and its standard error.
    pub output: String,
}

/// Runs the test of this name again in a process of its own with these variables set, for the environment of this
/// process is shared by all tests. `None` in that process, where the test goes on; there
/// `OPS_TRANSPORT_CONFORMANCE_CHILD` is set, too.
///
/// The name is the one that `cargo test` shows, with its modules.
///
/// # Panics
///
/// If this program cannot be started again.
#[must_use]
pub fn in_a_child(test: &str, variables: &[(&str, &str)]) -> Option<Child> {
    if env::var_os(CHILD).is_some() {
        return None;
    }
    let output = Command::new(env::current_exe().expect("this program has a path"))
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .expect("this program runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    Some(Child {
        passed: output.status.success() && text.contains("1 passed"),
        output: text,
    })
}
