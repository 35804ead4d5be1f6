//! What the programs share: what they are asked, and what they answer.

#[cfg(feature = "ask")]
mod ask;
#[cfg(feature = "by-hand")]
pub mod by_hand;
#[cfg(feature = "floor")]
pub mod floor;

use std::error::Error;
use std::time::Instant;

/// How a program ends.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The region that requests are signed for.
pub const REGION: &str = "us-east-1";

/// The key that requests are signed with: its id, and its secret.
pub const KEY: (&str, &str) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

/// Whose list it is. The service, and the ARN of the connector if it is MSK Connect's.
#[derive(Clone, Debug)]
pub enum List {
    CloudMap,
    KafkaConnect(String),
}

/// What is asked of a program: `PROGRAM URL` for Cloud Map's list, `PROGRAM URL CONNECTOR_ARN` for a connector's.
#[derive(Clone, Debug)]
pub struct Task {
    /// Where the service is, without a slash at its end.
    pub url: String,
    pub list: List,
}

impl Task {
    /// From the program's arguments.
    pub fn from_arguments() -> Outcome<Self> {
        let mut arguments = std::env::args().skip(1);
        let url = arguments
            .next()
            .ok_or("usage: PROGRAM URL [CONNECTOR_ARN]")?;
        let list = arguments.next().map_or(List::CloudMap, List::KafkaConnect);
        Ok(Self { url, list })
    }

    /// As [`run`](Self::run), on a tokio runtime of one thread.
    #[cfg(feature = "tokio")]
    pub fn run_async(list: impl AsyncFnOnce(Self) -> Outcome<u64>) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Self::run(|task| runtime.block_on(list(task)))
    }

    /// Lists, counts, and prints how many there were and how many microseconds it took.
    pub fn run(list: impl FnOnce(Self) -> Outcome<u64>) -> Outcome {
        let task = Self::from_arguments()?;
        let start = Instant::now();
        let count = list(task)?;
        println!("{count} {}", start.elapsed().as_micros());
        Ok(())
    }
}
