use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use ops_fake::EXAMPLE_CONNECTOR_ARN;
use ops_model::PageSize;

fn after_help() -> String {
    format!("{AFTER_HELP}\n\nThe embedded fake has one connector: {EXAMPLE_CONNECTOR_ARN}")
}

const AFTER_HELP: &str = "\
Exit codes: 0 done (a limit that was asked for included); 1 failed; 2 wrong usage, a bad filter included; 3 a time \
limit ran out; 4 credentials missing or rejected; 6 failed after something had been printed, or items that could not \
be read; 130 interrupted.

Environment, as the AWS CLI: AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, \
AWS_SESSION_TOKEN, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SERVICEDISCOVERY, \
AWS_ENDPOINT_URL_KAFKACONNECT, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, AWS_MAX_ATTEMPTS, AWS_RETRY_MODE, \
AWS_CA_BUNDLE, HTTPS_PROXY, NO_PROXY; and NO_COLOR.";

/// List, filter and describe the long-running operations of AWS Cloud Map and Amazon MSK Connect.
#[derive(Debug, Parser)]
#[command(name = "ops", version, after_help = after_help(), max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

impl Arguments {
    /// The command line; the program ends here if it makes no sense.
    pub(crate) fn from_command_line() -> Self {
        Self::try_parse().unwrap_or_else(|error| with_remedy(error).exit())
    }
}

/// Adds what to do about flags beside `--resume`.
fn with_remedy(mut error: clap::Error) -> clap::Error {
    let has_resume = |kind| match error.get(kind) {
        Some(ContextValue::String(flag)) => flag.starts_with("--resume"),
        Some(ContextValue::Strings(flags)) => flags.iter().any(|flag| flag.starts_with("--resume")),
        _ => false,
    };
    if error.kind() == ErrorKind::ArgumentConflict
        && (has_resume(ContextKind::InvalidArg) || has_resume(ContextKind::PriorArg))
    {
        let tip = "the checkpoint says what is listed; leave out one or the other";
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![tip.into()]),
        );
    }
    error
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// AWS Cloud Map
    #[command(subcommand)]
    CloudMap(CloudMap),
    /// Amazon MSK Connect
    #[command(subcommand)]
    KafkaConnect(KafkaConnect),
    /// The services, played on this machine
    #[command(subcommand)]
    Fake(Fake),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CloudMap {
    /// List operations that match every filter
    List(Box<CloudMapList>),
    /// Show everything about one operation
    Get {
        /// The operation's id
        #[arg(value_name = "ID")]
        id: String,
        /// The account that owns the namespace, if it is shared with yours: 12 digits
        #[arg(long, value_name = "ACCOUNT")]
        owner_account: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CloudMapList {
    /// A filter in the AWS CLI's shorthand or JSON: Name=STATUS,Condition=IN,Values=PENDING,SUCCESS (repeatable)
    #[arg(long = "filter", value_name = "SHORTHAND", conflicts_with = "resume")]
    pub(crate) filters: Vec<String>,
    /// A filter that is sent as it is, unchecked (repeatable)
    #[arg(
        long = "unchecked-filter",
        value_name = "SHORTHAND",
        conflicts_with = "resume"
    )]
    pub(crate) unchecked_filters: Vec<String>,
    /// Only operations of this namespace
    #[arg(long, value_name = "ID", conflicts_with = "resume")]
    pub(crate) namespace_id: Option<String>,
    /// Only operations of this service
    #[arg(long, value_name = "ID", conflicts_with = "resume")]
    pub(crate) service_id: Option<String>,
    /// Only operations with one of these statuses: SUBMITTED, PENDING, SUCCESS, FAIL
    #[arg(
        long,
        value_name = "A,B",
        value_delimiter = ',',
        conflicts_with = "resume"
    )]
    pub(crate) status: Vec<String>,
    /// Only operations of one of these types: CREATE_NAMESPACE, REGISTER_INSTANCE, …
    #[arg(
        long = "type",
        value_name = "A,B",
        value_delimiter = ',',
        conflicts_with = "resume"
    )]
    pub(crate) types: Vec<String>,
    /// Only operations that changed at this time or later: RFC 3339, or an age like 2h
    #[arg(long, value_name = "TIME", conflicts_with = "resume")]
    pub(crate) updated_after: Option<String>,
    /// Only operations that changed at this time or earlier: RFC 3339, or an age like 2h
    #[arg(long, value_name = "TIME", conflicts_with = "resume")]
    pub(crate) updated_before: Option<String>,
    /// The unit of dates on the wire; AWS documents none
    #[arg(
        long,
        value_enum,
        value_name = "UNIT",
        default_value_t,
        conflicts_with = "resume"
    )]
    pub(crate) date_unit: DateUnit,
    #[command(flatten)]
    pub(crate) paging: Paging,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum DateUnit {
    #[default]
    Milliseconds,
    Seconds,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KafkaConnect {
    /// List the operations of one connector; filters are applied here, as the service has none
    List(Box<KafkaConnectList>),
    /// Show everything about one operation
    Describe {
        /// The operation's ARN
        #[arg(value_name = "OPERATION_ARN")]
        arn: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KafkaConnectList {
    #[arg(value_name = "CONNECTOR_ARN", help = connector_arn_help(), required_unless_present = "resume", conflicts_with = "resume")]
    pub(crate) connector_arn: Option<String>,
    /// Only operations in one of these states: PENDING, UPDATE_FAILED, …
    #[arg(
        long = "state",
        value_name = "A,B",
        value_delimiter = ',',
        conflicts_with = "resume"
    )]
    pub(crate) states: Vec<String>,
    /// Only operations of one of these types: UPDATE_WORKER_SETTING, PAUSE_CONNECTOR, …
    #[arg(
        long = "type",
        value_name = "A,B",
        value_delimiter = ',',
        conflicts_with = "resume"
    )]
    pub(crate) types: Vec<String>,
    /// Only operations that were created at this time or later: RFC 3339, or an age like 2h
    #[arg(long, value_name = "TIME", conflicts_with = "resume")]
    pub(crate) created_after: Option<String>,
    /// Only operations that were created at this time or earlier: RFC 3339, or an age like 2h
    #[arg(long, value_name = "TIME", conflicts_with = "resume")]
    pub(crate) created_before: Option<String>,
    #[command(flatten)]
    pub(crate) paging: Paging,
}

fn connector_arn_help() -> String {
    format!("The connector's ARN; the embedded fake has {EXAMPLE_CONNECTOR_ARN}")
}

#[derive(Debug, Args)]
pub(crate) struct Paging {
    /// How many operations the service reads for one page: 1 to 100
    #[arg(long, value_name = "N", value_parser = page_size, allow_negative_numbers = true, conflicts_with = "resume")]
    pub(crate) page_size: Option<PageSize>,
    /// Go on where another run ended: what it printed, @FILE that holds it, or @- for stdin. Filters, page size and
    /// connector come from there; the endpoint must be the same, and so must the region, if one is set
    #[arg(long, value_name = "CHECKPOINT")]
    pub(crate) resume: Option<String>,
    /// Stop after this many operations
    #[arg(long, value_name = "N", value_parser = positive::<NonZeroU64>, allow_negative_numbers = true)]
    pub(crate) max_items: Option<NonZeroU64>,
    /// Stop after this many pages
    #[arg(long, value_name = "N", value_parser = positive::<NonZeroU64>, allow_negative_numbers = true)]
    pub(crate) max_pages: Option<NonZeroU64>,
}

fn page_size(text: &str) -> Result<PageSize, String> {
    let size: i64 = text
        .parse()
        .map_err(|_| "it takes a number from 1 to 100".to_owned())?;
    PageSize::new(size).map_err(|error| error.to_string())
}

/// `NonZero` of one width or the other; what the message leaves open is more than anybody needs.
pub(crate) fn positive<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "it takes a number from 1 on")
}

#[derive(Debug, Subcommand)]
pub(crate) enum Fake {
    /// Serve both APIs over HTTP until a signal comes; prints `listening on http://ADDR` when ready
    Serve {
        /// Where to listen; a loopback address, port 0 for any free one
        #[arg(long, value_name = "ADDR", value_parser = listen_address, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Answer only requests signed with the key that a client would sign with here: that of the environment or of
        /// the profile, read once at the start; with --region, only signatures for that region
        #[arg(long)]
        verify_signatures: bool,
    },
}

fn listen_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse()
        .map_err(|_| "it takes an IP address and a port; write it as 127.0.0.1:8080")
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Ask the embedded fake: no network, no credentials
    #[arg(long, global = true, conflicts_with = "endpoint_url")]
    pub(crate) fake: bool,
    /// Add N generated operations to each service of the fake
    #[arg(long, global = true, value_name = "N")]
    pub(crate) operations: Option<u32>,
    /// What the fake holds and which faults its requests meet: a JSON file. The flags beside it win
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// The seed of the generated operations
    #[arg(long, global = true, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Send requests to this URL
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Let an endpoint with http:// be on another machine, unencrypted
    #[arg(long, global = true)]
    pub(crate) allow_plain_http: bool,
    /// The region
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The profile of the shared AWS files
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The HTTP client: hyper (async, the default) or ureq (blocking)
    #[arg(long, global = true, value_enum, value_name = "NAME")]
    pub(crate) transport: Option<Transport>,
    /// The form of the data on stdout
    #[arg(long, global = true, value_enum, value_name = "FORM", default_value_t)]
    pub(crate) output: Output,
    /// The time limit of one attempt: seconds, or a time like 500ms, 90s or 2m
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, default_value = "30s")]
    pub(crate) attempt_timeout: Duration,
    /// The time limit of one call with its retries
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, default_value = "2m")]
    pub(crate) call_timeout: Duration,
    /// The time limit of a whole listing; none unless given
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// How often a call is tried, the first time included; 3 unless AWS_MAX_ATTEMPTS is set
    #[arg(long, global = true, value_name = "N", value_parser = positive::<NonZeroU32>, allow_negative_numbers = true)]
    pub(crate) max_attempts: Option<NonZeroU32>,
    /// Send at most so many requests a second, retries included: for listings beside production traffic
    #[arg(long, global = true, value_name = "N", value_parser = positive::<NonZeroU32>, allow_negative_numbers = true)]
    pub(crate) max_rate: Option<NonZeroU32>,
}

/// A duration as people write it; a bare number is seconds, as in the AWS CLI.
fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string());
    }
    humantime::parse_duration(text).map_err(|error| format!("{error}; write it as 90s, 2m or 1h"))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Transport {
    Hyper,
    Ureq,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// Columns for people
    #[default]
    Table,
    /// One document in AWS's own shape
    Json,
    /// One operation per line, as they arrive
    Ndjson,
    /// Comma-separated values with a header
    Csv,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_agree() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn whatever_says_what_is_listed_conflicts_with_a_checkpoint() {
        let beside = ["resume", "max_items", "max_pages", "help"];
        let mut command = Arguments::command();
        command.build();
        for service in ["cloud-map", "kafka-connect"] {
            let service = command.find_subcommand(service).unwrap();
            let list = service.find_subcommand("list").unwrap();
            for argument in list.get_arguments().filter(|arg| !arg.is_global_set()) {
                let conflicts = list.get_arg_conflicts_with(argument);
                assert_eq!(
                    conflicts.iter().any(|other| other.get_id() == "resume"),
                    !beside.contains(&argument.get_id().as_str()),
                    "{argument}"
                );
            }
        }
    }

    #[test]
    fn a_duration_has_a_unit_or_is_seconds() {
        for (text, millis) in [
            ("30", 30_000),
            ("0.2", 200),
            ("500ms", 500),
            ("2m", 120_000),
            ("1h 30m", 5_400_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "-1", "soon", "2 fortnights", "NaN", "inf", "1e300"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
