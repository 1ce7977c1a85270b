// SPDX-License-Identifier: Apache-2.0
//! An operator at a machine: one `bash -euo pipefail` from the page's first block to its last.

use anyhow::{bail, Context, Result};
use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write as _},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{channel, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

/// Ends the output of a block.
const DONE: &str = "--- done ---";
/// Says which line failed, which `bash -e` does not.
const PRELUDE: &str = r#"exec 2>&1
set -E
trap 'printf "%s: line %s: exit code %s: %s\n" "${BASH_SOURCE[0]##*/}" "$LINENO" "$?" "$BASH_COMMAND"' ERR
"#;

/// A shell. What it started ends with it.
pub struct Shell {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Shell {
    /// Starts a shell in a folder that has no variables but these.
    pub fn start(folder: &Path, variables: &[(&str, String)]) -> Result<Self> {
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", "bash", "--norc", "--noprofile"])
            .args(["-euo", "pipefail"])
            .current_dir(folder)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .context("cannot start bash under setpriv (util-linux)")?;
        let mut stdin = child.stdin.take().context("a pipe into the shell")?;
        let stdout = child.stdout.take().context("a pipe out of the shell")?;
        stdin.write_all(PRELUDE.as_bytes())?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, stdin, lines })
    }

    /// Runs the commands in a file, in this shell and not in one of their own, with nobody at the
    /// keyboard; what they printed. The shell is not there any more if they failed.
    pub fn run(&mut self, file: &Path, limit: Duration) -> Result<String> {
        let file = file.display().to_string().replace('\'', r"'\''");
        writeln!(self.stdin, "source '{file}' </dev/null\nprintf '\\n%s\\n' '{DONE}'")?;
        let deadline = Instant::now() + limit;
        let mut output = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line == DONE => return Ok(output.trim_end().to_owned()),
                Ok(line) => writeln!(output, "{line}")?,
                Err(RecvTimeoutError::Timeout) => {
                    bail!("not done after {} seconds; so far:\n{output}", limit.as_secs())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait()?;
                    bail!("the shell ended with {status}:\n{output}")
                }
            }
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(shell: &mut Shell, code: &str) -> Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("it's a page.md");
        std::fs::write(&file, code).unwrap();
        shell.run(&file, Duration::from_secs(2))
    }

    fn shell() -> Shell {
        let path = ("PATH", std::env::var("PATH").unwrap());
        Shell::start(Path::new("/"), &[path, ("NAME", "$x \"y\"".into())]).unwrap()
    }

    #[test]
    fn blocks_share_a_shell() {
        let mut shell = shell();
        assert_eq!(run(&mut shell, "kept=1; echo \"$NAME\"; echo no >&2").unwrap(), "$x \"y\"\nno");
        assert_eq!(run(&mut shell, "printf %s $kept").unwrap(), "1");
        // It reads nothing of what comes next.
        assert_eq!(run(&mut shell, "cat").unwrap(), "");
    }

    #[test]
    fn the_first_failure_ends_it_and_its_line_is_said() {
        let error = run(&mut shell(), "echo before\n\nfalse | true\necho after").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("before") && !text.contains("after"), "{text}");
        assert!(text.contains("it's a page.md: line 3: exit code 1: true"), "{text}");
        let error = run(&mut shell(), "\n\necho $UNKNOWN").unwrap_err().to_string();
        assert!(error.contains("page.md: line 3: UNKNOWN"), "{error}");
        let error = run(&mut shell(), "sleep 60").unwrap_err().to_string();
        assert!(error.contains("not done after 2 seconds"), "{error}");
    }
}
