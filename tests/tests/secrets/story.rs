//! What goes wrong, and the canaries in it.

use std::iter;

use ops_fake::{Reply, Script};
use ops_transport::TransportErrorKind;
use ops_transport::conformance::Step;

use crate::scan::Canary;

pub(crate) const ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/c/0f9a-4";
pub(crate) const SECRET_KEY: &str = "canaryOfTheSecretAccessKey";
pub(crate) const SESSION_TOKEN: &str = "canaryOfTheSessionToken";
pub(crate) const PROXY_PASSWORD: &str = "canaryOfTheProxyPassword";
/// How an authorization header begins, without its spaces.
pub(crate) const AUTHORIZATION: &str = "AWS4-HMAC-SHA256Credential=AKIDEXAMPLE/";
pub(crate) const PAGE_TOKEN: &str = "canaryOfThePageToken";
pub(crate) const CONFIGURATION_NAME: &str = "canaryOfAConfigurationsName";
pub(crate) const CONFIGURATION_VALUE: &str = "canaryOfAConfigurationsValue";
pub(crate) const BODY: &str = "canaryOfABodyThatCannotBeRead";
pub(crate) const HEADER: &str = "canaryOfAResponsesHeader";
pub(crate) const PROCESS: &str = "canaryOfWhatAProcessPrints";

/// Every canary that is known beforehand. The signatures come on top of these.
pub(crate) fn canaries() -> Vec<Canary> {
    vec![
        Canary::new("secret access key", SECRET_KEY),
        Canary::new("session token", SESSION_TOKEN),
        Canary::new("proxy password", PROXY_PASSWORD),
        Canary::new("authorization header", AUTHORIZATION),
        Canary::new("page token", PAGE_TOKEN),
        Canary::new("name in a connector configuration", CONFIGURATION_NAME),
        Canary::new("value in a connector configuration", CONFIGURATION_VALUE),
        Canary::new("unreadable body", BODY),
        Canary::new("header of a response", HEADER),
        Canary::new("output of a credential_process", PROCESS),
    ]
}

/// How an exchange goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// A response of this status and body.
    Answer(u16, String),
    /// A connection that is reset.
    Reset,
    /// Bytes that are not HTTP.
    Garbage,
    /// A response that breaks off.
    Truncated,
    /// Nothing, until the time limit.
    Silence,
}

/// Both services' members stand side by side: each reads its own.
pub(crate) fn faults() -> Vec<(&'static str, Fault)> {
    let answer = |status, body: String| Fault::Answer(status, body);
    let code = |code: &str| format!(r#"{{"__type":"{code}","message":"m","extra":"{BODY}"}}"#);
    let page = |items: &str, token: &str| {
        format!(
            r#"{{"Operations":{items},"connectorOperations":{items},"NextToken":{token},"nextToken":{token}}}"#
        )
    };
    let bad = format!(
        r#"[{{"Id":["{BODY}"]}},{{"connectorOperationArn":{{"{BODY}":1}}}},"{BODY}",null,["{BODY}"]]"#
    );
    vec![
        ("throttled", answer(429, code("ThrottlingException"))),
        ("unavailable", answer(503, format!("<html>{BODY}</html>"))),
        ("expired", answer(400, code("ExpiredTokenException"))),
        ("refused", answer(403, code("AccessDeniedException"))),
        ("not JSON", answer(200, BODY.to_owned())),
        (
            "JSON that breaks off",
            answer(200, format!(r#"{{"x":"{BODY}"#)),
        ),
        (
            "a token of another type",
            answer(200, page("[]", &format!(r#"["{BODY}"]"#))),
        ),
        (
            "a list of another type",
            answer(200, page(&format!(r#""{BODY}""#), "null")),
        ),
        ("bad items", answer(200, page(&bad, "null"))),
        (
            "a cycle",
            answer(200, page("[]", &format!(r#""{PAGE_TOKEN}""#))),
        ),
        (
            "a configuration of another type",
            answer(200, configured(&format!(r#""{CONFIGURATION_VALUE}""#))),
        ),
        ("a reset", Fault::Reset),
        ("garbage", Fault::Garbage),
        ("a body that breaks off", Fault::Truncated),
        ("silence", Fault::Silence),
    ]
}

/// A page before the fault: two items, and where it goes on.
pub(crate) fn page() -> String {
    let item = |n: u32| {
        format!(
            r#"{{"Id":"op-{n}","Status":"PENDING","connectorOperationArn":"op-{n}","connectorOperationState":"PENDING"}}"#
        )
    };
    let (items, token) = (
        format!("[{},{}]", item(1), item(2)),
        format!(r#""{PAGE_TOKEN}""#),
    );
    format!(
        r#"{{"Operations":{items},"connectorOperations":{items},"NextToken":{token},"nextToken":{token}}}"#
    )
}

/// A connector operation with its configurations.
pub(crate) fn described() -> String {
    configured(&format!(
        r#"{{"{CONFIGURATION_NAME}":"{CONFIGURATION_VALUE}"}}"#
    ))
}

fn configured(configuration: &str) -> String {
    format!(
        r#"{{"connectorOperationArn":"op-1","connectorOperationState":"PENDING","originConnectorConfiguration":{configuration},"targetConnectorConfiguration":{configuration}}}"#
    )
}

/// The replies to a call: this body, if there is one, and then the fault, for ever.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) before: Option<String>,
    pub(crate) fault: Fault,
}

impl Story {
    /// As a scripted server tells it.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = Vec<Step>> + Send + use<> {
        let before = self
            .before
            .clone()
            .map(|body| Fault::Answer(200, body).script());
        let fault = self.fault.script();
        before.into_iter().chain(iter::repeat(fault))
    }

    /// As a transport in memory tells it.
    pub(crate) fn script(&self) -> Script {
        let before = self
            .before
            .clone()
            .map(|body| Fault::Answer(200, body).reply());
        let faults = iter::repeat_with(|| self.fault.reply()).take(9);
        Script::new(before.into_iter().chain(faults))
    }

    /// What came for the first so many requests.
    pub(crate) fn served(&self, requests: usize) -> Vec<String> {
        let before = self.before.clone().map(|body| Fault::Answer(200, body));
        let all = before.into_iter().chain(iter::repeat(self.fault.clone()));
        all.take(requests).map(|fault| fault.text()).collect()
    }
}

impl Fault {
    fn script(&self) -> Vec<Step> {
        let send = |text: String| vec![Step::Request, Step::Send(text.into())];
        let head = |status: u16, length: usize| {
            format!(
                "HTTP/1.1 {status} Status\r\nconnection: close\r\nset-cookie: {HEADER}\r\nlocation: /{HEADER}\r\ncontent-length: {length}\r\n\r\n"
            )
        };
        match self {
            Self::Answer(status, body) => send(head(*status, body.len()) + body),
            Self::Reset => vec![Step::Reset],
            Self::Garbage => send(format!("{BODY}\r\n\r\n")),
            Self::Truncated => send(head(200, 99) + BODY),
            Self::Silence => vec![Step::Request, Step::Hold],
        }
    }

    /// The secrets in it.
    fn text(&self) -> String {
        match self {
            Self::Answer(_, body) => format!("{HEADER} {body}"),
            Self::Garbage => BODY.to_owned(),
            Self::Truncated => format!("{HEADER} {BODY}"),
            Self::Reset | Self::Silence => String::new(),
        }
    }

    fn reply(&self) -> Reply {
        match self {
            Self::Answer(status, body) => {
                let mut reply = Script::json(*status, body.clone());
                if let Ok(reply) = &mut reply {
                    let value = HEADER.parse().expect("a header's value");
                    reply.headers_mut().insert("set-cookie", value);
                }
                reply
            }
            Self::Reset | Self::Truncated => Err(TransportErrorKind::Closed),
            Self::Garbage => Err(TransportErrorKind::InvalidResponse),
            Self::Silence => Err(TransportErrorKind::Timeout),
        }
    }
}
