//! What a user writes who has an HTTP client, AWS's signer and serde: requests, and responses as structs of their own.

use std::sync::Arc;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use http::Request;
use rustls::crypto::CryptoProvider;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{KEY, List, Outcome, REGION, Task, ask};

/// What TLS is made of, if there is any.
pub fn crypto() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Operation {
    pub id: String,
    pub status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorOperation {
    pub connector_operation_arn: String,
    pub connector_operation_type: Option<String>,
    pub connector_operation_state: Option<String>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub creation_time: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub end_time: Option<OffsetDateTime>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Operations {
    #[serde(default)]
    operations: Vec<Operation>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConnectorOperations {
    #[serde(default)]
    connector_operations: Vec<ConnectorOperation>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ask<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<&'a str>,
}

/// A listing under way: its requests, one by one.
#[derive(Debug)]
pub struct Listing {
    task: Task,
    identity: Identity,
    token: Option<String>,
    count: u64,
}

impl Listing {
    pub fn new(task: Task) -> Self {
        let credentials = Credentials::new(KEY.0, KEY.1, None, None, "static");
        Self {
            task,
            identity: credentials.into(),
            token: None,
            count: 0,
        }
    }

    /// The next page's request, signed.
    pub fn request(&self) -> Outcome<Request<Vec<u8>>> {
        let token = self.token.as_deref();
        let (service, body) = match &self.task.list {
            List::CloudMap => {
                let body = serde_json::to_vec(&Ask { next_token: token })?;
                ("servicediscovery", body)
            }
            List::KafkaConnect(_) => ("kafkaconnect", Vec::new()),
        };
        let mut request = ask::request(&self.task, token).body(body)?;
        self.sign(service, &mut request)?;
        Ok(request)
    }

    fn sign(&self, service: &str, request: &mut Request<Vec<u8>>) -> Outcome {
        let params = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(REGION)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = request.headers().iter();
        let headers = headers
            .map(|(name, value)| Ok((name.as_str(), value.to_str()?)))
            .collect::<Outcome<Vec<_>>>()?;
        let signable = SignableRequest::new(
            request.method().as_str(),
            request.uri().to_string(),
            headers.into_iter(),
            SignableBody::Bytes(request.body()),
        )?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        instructions.apply_to_request_http1x(request);
        Ok(())
    }

    /// Takes a page in. Whether it was the last, and if so, how many operations there were.
    pub fn take(&mut self, body: &[u8]) -> Outcome<Option<u64>> {
        let length = match self.task.list {
            List::CloudMap => {
                let page: Operations = serde_json::from_slice(body)?;
                self.token = page.next_token;
                std::hint::black_box(page.operations).len()
            }
            List::KafkaConnect(_) => {
                let page: ConnectorOperations = serde_json::from_slice(body)?;
                self.token = page.next_token;
                std::hint::black_box(page.connector_operations).len()
            }
        };
        self.count += length as u64;
        Ok(self.token.is_none().then_some(self.count))
    }
}
