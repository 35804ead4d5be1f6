//! Requests that botocore signed, and requests that `ops-sigv4` signs, before a fake that verifies signatures.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, Uri, header};
use ops_client::{BlockingClient, Credentials, Session, Sign, SigningContext};
use ops_fake::{AccessKey, EXAMPLE_CONNECTOR_ARN, FakeService, VirtualClock};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{BaseUrl, Call, EndpointParams, Service, Timestamp};
use ops_sigv4::SigV4;
use ops_tests::vectors::{CBOR, REQUESTS, base64, rows};
use proptest::prelude::*;
use proptest::sample::Index;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone, Debug, Deserialize)]
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

impl Keys {
    /// One of botocore's.
    fn of_file(name: &str) -> Self {
        let file: Value = serde_json::from_str(REQUESTS).unwrap();
        Self::deserialize(&file["credentials"][name]).unwrap()
    }

    fn client(&self) -> Credentials {
        let credentials = Credentials::new(&self.access_key_id, &self.secret_access_key);
        match &self.session_token {
            Some(token) => credentials.with_session_token(token),
            None => credentials,
        }
    }

    fn service(&self) -> AccessKey {
        let key = AccessKey::new(&self.access_key_id, &self.secret_access_key);
        match &self.session_token {
            Some(token) => key.with_session_token(token),
            None => key,
        }
    }
}

/// A service that verifies signatures, and one that does not and is the same otherwise.
fn services(keys: &Keys, time: SystemTime) -> [FakeService; 2] {
    let builder = || FakeService::builder().clock(VirtualClock::starting_at(time));
    [
        builder().verify_signatures([keys.service()]).build(),
        builder().build(),
    ]
}

/// The code of an answer, whatever the protocol.
fn code(response: &Response<Bytes>) -> String {
    let body = response.body();
    let header = response.headers().get("x-amzn-errortype");
    let json: Value = serde_json::from_slice(body)
        .or_else(|_| ciborium::from_reader(&body[..]))
        .unwrap_or_default();
    let code = header
        .and_then(|code| code.to_str().ok())
        .or(json["__type"].as_str())
        .unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().to_owned()
}

fn system_time(text: &str) -> SystemTime {
    let millis = text.parse::<Timestamp>().unwrap().as_millis();
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis.try_into().unwrap())
}

#[derive(Deserialize)]
struct Row {
    id: String,
    protocol: String,
    credentials: String,
    time: String,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    #[serde(default, deserialize_with = "base64")]
    body_base64: Option<Vec<u8>>,
}

impl Row {
    fn request(&self) -> Request<Bytes> {
        // As it comes over a socket.
        let uri: Uri = self.url.parse().unwrap();
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(uri.path_and_query().unwrap().as_str());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let text = || self.body.clone().unwrap_or_default().into_bytes();
        let body = self.body_base64.clone().unwrap_or_else(text);
        request.body(body.into()).unwrap()
    }
}

#[test]
fn every_request_of_botocores_is_taken_until_it_expires() {
    for row in rows::<Row>(REQUESTS, "vectors") {
        let keys = Keys::of_file(&row.credentials);
        let [verifying, trusting] = services(&keys, system_time(&row.time));
        let answer = verifying.respond(row.request());
        let expected = trusting.respond(row.request());
        assert_eq!(answer.body(), expected.body(), "{}", row.id);
        assert_eq!(answer.headers(), expected.headers(), "{}", row.id);

        verifying.advance(Duration::from_secs(301));
        let answer = verifying.respond(row.request());
        assert_eq!(code(&answer), "InvalidSignatureException", "{}", row.id);
    }
}

#[test]
fn cbor_is_refused_in_cbor() {
    let row = rows::<Row>(REQUESTS, "vectors")
        .into_iter()
        .find(|row| row.protocol == CBOR)
        .unwrap();
    let mut request = row.request();
    request.headers_mut().remove(header::AUTHORIZATION).unwrap();
    let keys = Keys::of_file(&row.credentials);
    let [service, _] = services(&keys, system_time(&row.time));
    let response = service.respond(request);
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["smithy-protocol"], "rpc-v2-cbor");
    assert_eq!(
        ciborium::from_reader::<Value, _>(&response.body()[..]).unwrap(),
        json!({
            "__type": "com.amazonaws.servicediscovery#MissingAuthenticationTokenException",
            "message": "Missing Authentication Token",
        })
    );
}

fn client(service: &FakeService, keys: &Keys, clock: VirtualClock) -> BlockingClient {
    let params = EndpointParams::in_region("eu-central-1".parse().unwrap());
    BlockingClient::new(Session::new(params).with_signer(SigV4), service.clone())
        .with_clock(clock)
        .with_credentials(keys.client())
}

#[test]
fn our_client_is_taken() {
    let time = system_time("2026-08-30T12:36:00Z");
    for name in ["static", "session"] {
        let keys = Keys::of_file(name);
        let [service, _] = services(&keys, time);
        let client = client(&service, &keys, VirtualClock::starting_at(time));
        let operations = client.items(ListOperations::new()).unwrap();
        assert_eq!(operations.map(Result::unwrap).count(), 3);
        let call = ListConnectorOperations::new(EXAMPLE_CONNECTOR_ARN).unwrap();
        assert_eq!(client.items(call).unwrap().map(Result::unwrap).count(), 4);
    }
}

#[test]
fn our_client_with_a_wrong_secret_fails_at_once() {
    let time = system_time("2026-08-30T12:36:00Z");
    let keys = Keys::of_file("static");
    let [service, _] = services(&keys, time);
    let wrong = Keys {
        secret_access_key: "canary".to_owned(),
        ..keys
    };
    let client = client(&service, &wrong, VirtualClock::starting_at(time));
    let error = client.send(ListOperations::new()).unwrap_err();
    assert!(error.is_credentials(), "{error}");
    assert_eq!(error.attempts(), 1);
}

#[test]
fn our_client_with_a_wrong_clock_finds_the_time() {
    let time = system_time("2026-08-30T12:36:00Z");
    let keys = Keys::of_file("static");
    let hour = Duration::from_secs(3600);
    for wrong in [time - hour, time + hour] {
        let service = FakeService::builder()
            .clock(VirtualClock::starting_at(time))
            .verify_signatures([keys.service()])
            .record(10)
            .build();
        let client = client(&service, &keys, VirtualClock::starting_at(wrong));
        client.send(ListOperations::new()).unwrap();
        client.send(ListOperations::new()).unwrap();
        let dates: Vec<_> = service
            .requests()
            .iter()
            .map(|request| request.headers()["x-amz-date"].clone())
            .collect();
        assert_eq!(dates.len(), 3, "{dates:?}");
    }
}

fn keys() -> impl Strategy<Value = Keys> {
    let token = prop::option::of("[!-~]{1,40}");
    ("[A-Z0-9]{16,20}", "[ -~]{1,40}", token).prop_map(|(id, secret, token)| Keys {
        access_key_id: id,
        secret_access_key: secret,
        session_token: token,
    })
}

/// A call as the model writes it, with headers of somebody else's.
fn call() -> impl Strategy<Value = (Service, Request<Bytes>)> {
    let base = || "http://127.0.0.1:4566".parse::<BaseUrl>().unwrap();
    let cloud_map = ".{1,20}".prop_map(move |token| {
        let call = ListOperations::new().with_token(token).unwrap();
        (Service::CloudMap, call.encode(&base()).unwrap())
    });
    let kafka_connect = (".{3,20}", ".{1,20}").prop_map(move |(arn, token)| {
        let call = ListConnectorOperations::new(arn).unwrap().with_token(token);
        (Service::KafkaConnect, call.encode(&base()).unwrap())
    });
    let headers = prop::collection::vec(("x-[a-z]{1,3}", "[ -~]{0,10}"), 0..3);
    (prop_oneof![cloud_map, kafka_connect], headers).prop_map(
        |((service, mut request), headers)| {
            for (name, value) in headers {
                let name = HeaderName::try_from(name).unwrap();
                let value = HeaderValue::try_from(value).unwrap();
                request.headers_mut().append(name, value);
            }
            (service, request)
        },
    )
}

/// A part of a signed request that holds a byte.
#[derive(Clone, Copy, Debug)]
enum Part {
    Target,
    Body,
    Header,
    Signature,
}

/// Changes one byte, to one that means something else in every place.
fn change(request: &mut Request<Bytes>, part: Part, place: Index, value: Index) {
    let other = |byte: &mut u8| *byte = if *byte == b'x' { b'y' } else { b'x' };
    let authorization = request.headers()[header::AUTHORIZATION].to_str().unwrap();
    match part {
        Part::Target => {
            let target = request.uri().path_and_query().unwrap().as_str();
            let mut target = target.as_bytes().to_vec();
            if target.len() == 1 {
                target.push(b'?');
            }
            // Whatever comes first is a slash.
            let place = 1 + place.index(target.len() - 1);
            other(&mut target[place]);
            *request.uri_mut() = Uri::try_from(target).unwrap();
        }
        Part::Body => {
            let mut body = request.body().to_vec();
            if body.is_empty() {
                body.push(0);
            }
            let place = place.index(body.len());
            other(&mut body[place]);
            *request.body_mut() = body.into();
        }
        Part::Header => {
            let (_, signed) = authorization.split_once("SignedHeaders=").unwrap();
            let names: Vec<_> = signed.split_once(',').unwrap().0.split(';').collect();
            let name = HeaderName::try_from(names[place.index(names.len())]).unwrap();
            let header = request.headers_mut().get_mut(name).unwrap();
            let mut bytes = header.as_bytes().to_vec();
            if bytes.is_empty() {
                bytes.push(0);
            }
            let place = value.index(bytes.len());
            other(&mut bytes[place]);
            *header = HeaderValue::try_from(bytes).unwrap();
        }
        Part::Signature => {
            let mut bytes = authorization.as_bytes().to_vec();
            let place = bytes.len() - 1 - place.index(64);
            other(&mut bytes[place]);
            let value = HeaderValue::try_from(bytes).unwrap();
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
    }
}

proptest! {
    #[test]
    fn what_is_signed_is_taken_and_no_byte_of_it_may_change(
        keys in keys(),
        (service, mut request) in call(),
        region in "[a-z][a-z0-9-]{0,20}[a-z0-9]",
        seconds in 0_u64..253_402_300_800,
        part in prop::sample::select(vec![Part::Target, Part::Body, Part::Header, Part::Signature]),
        place: Index,
        value: Index,
    ) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let credentials = keys.client();
        let context = SigningContext::new(&credentials, &region, service.signing_name(), time);
        SigV4.sign(&mut request, &context).unwrap();

        let [verifying, trusting] = services(&keys, time);
        let answer = verifying.respond(request.clone());
        let expected = trusting.respond(request.clone());
        prop_assert_eq!(answer.status(), expected.status());
        prop_assert_eq!(answer.body(), expected.body());

        change(&mut request, part, place, value);
        let refused = [
            "IncompleteSignatureException",
            "InvalidSignatureException",
            "UnrecognizedClientException",
        ];
        let code = code(&verifying.respond(request.clone()));
        prop_assert!(refused.contains(&code.as_str()), "{} {:?}", code, request);
    }
}
