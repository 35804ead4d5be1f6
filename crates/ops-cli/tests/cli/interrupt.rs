//! Ctrl-C: what is printed by then stays whole, and the rest can be had later.

use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use crate::common::{FORMS, Ops, Running, TRANSPORTS, checkpoint, ids, stdout_of};
use crate::exit::{first_page, list, one_row};
use crate::server::{Reply, Script};

/// A second, and what a busy machine may add. An attempt in flight has thirty.
const A_SECOND: Duration = Duration::from_secs(5);

/// Interrupts it, and returns what it wrote to stderr.
fn interrupt(running: &mut Running, signal: &str) -> String {
    let start = Instant::now();
    running.signal(signal);
    let (code, stderr) = running.wait();
    assert!(start.elapsed() < A_SECOND, "{stderr}");
    assert_eq!(code, Some(130), "{stderr}");
    stderr
}

fn rest_of(running: &mut Running) -> String {
    let mut stdout = String::new();
    let mut pipe = running.child.stdout.take().unwrap();
    pipe.read_to_string(&mut stdout).unwrap();
    stdout
}

#[test]
fn an_interrupt_is_130_within_a_second_of_an_attempt_in_flight() {
    for transport in TRANSPORTS {
        for command in [
            &["cloud-map", "list"][..],
            &["cloud-map", "get", "id"],
            &["kafka-connect", "list", "arn"],
            &["kafka-connect", "describe", "arn"],
        ] {
            for signal in ["INT", "TERM"] {
                let server = Script::new([Reply::Hang]);
                let mut running = Ops::new(command)
                    .args(["--endpoint-url", &server.url(), "--transport", transport])
                    .signed()
                    .spawn();
                server.wait_for_request();
                let stderr = interrupt(&mut running, signal);
                if command[1] == "list" {
                    checkpoint(&stderr);
                    assert!(stderr.ends_with("\n0 operations on 0 pages: cancelled\n"));
                } else {
                    assert_eq!(stderr, "interrupted\n");
                }
            }
        }
    }
}

#[test]
fn an_interrupted_list_keeps_what_came_and_goes_on_after_it() {
    let last_page = Reply::json(r#"{"Operations":[{"Id":"op-2","Status":"FAIL"}]}"#);
    for form in FORMS {
        for transport in TRANSPORTS {
            let server = Script::new([first_page(), Reply::Hang, last_page.clone()]);
            let mut running = list(&server, transport, &["--output", form]).spawn();
            server.wait_for_request();
            // The second request is sent once the first page is taken in.
            server.wait_for_request();
            let stderr = interrupt(&mut running, "INT");
            assert_eq!(rest_of(&mut running), one_row(form), "{transport}");
            assert!(
                stderr.ends_with("\n1 operation on 1 page: cancelled\n"),
                "{stderr}"
            );

            let args = ["--output", form, "--resume", checkpoint(&stderr)];
            let rest = list(&server, transport, &args).run();
            assert_eq!(rest.code, Some(0), "{rest:?}");
            assert_eq!(ids(form, &rest.stdout), ["op-2"]);
        }
    }
}

/// What reads the list after the interrupt, which comes when the writer waits for room.
#[derive(Clone, Copy)]
enum Reader {
    /// It goes on at once.
    Steady,
    /// It takes nothing until the run has ended.
    Stalled,
}

/// Interrupts a long list on the fake while it is being written, and checks that what was printed and what a resumed
/// run prints are the whole list.
fn check_in_mid_page(by: &[&str], form: &str, reader: Reader) {
    // More than a pipe holds; and more than is written until the signal is seen.
    let count = match reader {
        Reader::Stalled => "4000",
        Reader::Steady => "20000",
    };
    let fake = [
        "cloud-map",
        "list",
        "--fake",
        "--operations",
        count,
        "--output",
        form,
    ];
    let args = || fake.into_iter().chain(by.iter().copied());
    let mut running = Ops::new(args()).spawn();
    let mut pipe = BufReader::new(running.child.stdout.take().unwrap());
    let mut printed = String::new();
    // Into the second page.
    for _ in 0..150 {
        pipe.read_line(&mut printed).unwrap();
    }
    running.wait_until_stalled();
    let stderr = match reader {
        Reader::Stalled => {
            let stderr = interrupt(&mut running, "INT");
            pipe.read_to_string(&mut printed).unwrap();
            stderr
        }
        Reader::Steady => {
            running.signal("INT");
            pipe.read_to_string(&mut printed).unwrap();
            let (code, stderr) = running.wait();
            assert_eq!(code, Some(130), "{stderr}");
            stderr
        }
    };
    let mut all = ids(form, &printed);
    let count = all.len();
    let summary = stderr.lines().last().unwrap();
    assert!(
        summary.starts_with(&format!("{count} operations on ")),
        "{count}: {summary}"
    );
    assert!(summary.ends_with(": cancelled"), "{summary}");

    let rest = Ops::new(args())
        .args(["--resume", "@-"])
        .stdin(checkpoint(&stderr))
        .run();
    assert_eq!(rest.code, Some(0), "{}", rest.stderr);
    let rest = ids(form, &rest.stdout);
    assert!(!rest.is_empty(), "it was not interrupted: {summary}");
    all.extend(rest);
    let whole = ids(form, &stdout_of(fake));
    assert!(
        all == whole,
        "{by:?} {form}: {count} and the rest make {}",
        all.len()
    );
}

#[test]
fn a_list_that_is_interrupted_in_mid_page_is_whole_with_its_rest() {
    for by in [&[][..], &["--transport", "hyper"], &["--transport", "ureq"]] {
        check_in_mid_page(by, "ndjson", Reader::Stalled);
        check_in_mid_page(by, "ndjson", Reader::Steady);
    }
    check_in_mid_page(&[], "csv", Reader::Stalled);
    // The document is closed once there is room.
    check_in_mid_page(&[], "json", Reader::Steady);
}

#[test]
fn a_run_whose_output_nobody_reads_ends_all_the_same() {
    for by in [&[][..], &["--transport", "hyper"], &["--transport", "ureq"]] {
        let args = [
            "cloud-map",
            "list",
            "--fake",
            "--operations",
            "4000",
            "--output",
            "ndjson",
        ];
        let (mut running, mut pipe) = Ops::new(args).args(by).spawn_into_one_pipe();
        pipe.read_exact(&mut [0]).unwrap();
        running.wait_until_stalled();
        // Stderr waits as stdout does.
        interrupt(&mut running, "INT");
    }
}
