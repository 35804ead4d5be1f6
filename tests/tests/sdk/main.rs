//! The official SDK against the fake, and its requests against ours.

mod cloud_map;
mod create;
mod generated;
mod msk_connect;
mod wire;

use aws_sdk_kafkaconnect as kafkaconnect;
use aws_sdk_servicediscovery as servicediscovery;
use ops_client::{BlockingClient, Client, Credentials, Session};
use ops_fake::{FakeServer, FakeService};
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::EndpointParams;
use ops_sigv4::SigV4;
use ops_transport::ConnectOptions;
use ops_ureq::UreqTransport;

const REGION: &str = "us-east-1";
const KEY: (&str, &str) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

fn serve(service: FakeService) -> FakeServer {
    FakeServer::start(service, "127.0.0.1:0".parse().unwrap()).unwrap()
}

fn cloud_map_sdk(url: &str, session_token: Option<&str>) -> servicediscovery::Client {
    servicediscovery::Client::from_conf(cloud_map_config(url, session_token).build())
}

fn cloud_map_config(url: &str, session_token: Option<&str>) -> servicediscovery::config::Builder {
    use servicediscovery::config::{BehaviorVersion, Config, Credentials, Region};
    let token = session_token.map(str::to_owned);
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(url)
        .credentials_provider(Credentials::new(KEY.0, KEY.1, token, None, "test"))
}

fn connect_sdk(url: &str, session_token: Option<&str>) -> kafkaconnect::Client {
    kafkaconnect::Client::from_conf(connect_config(url, session_token).build())
}

fn connect_config(url: &str, session_token: Option<&str>) -> kafkaconnect::config::Builder {
    use kafkaconnect::config::{BehaviorVersion, Config, Credentials, Region};
    let token = session_token.map(str::to_owned);
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(url)
        .credentials_provider(Credentials::new(KEY.0, KEY.1, token, None, "test"))
}

fn session(url: &str) -> Session {
    Session::new(EndpointParams::at_url(
        url.parse().unwrap(),
        Some(REGION.parse().unwrap()),
    ))
    .with_signer(SigV4)
}

fn credentials(session_token: Option<&str>) -> Credentials {
    let credentials = Credentials::new(KEY.0, KEY.1);
    match session_token {
        Some(token) => credentials.with_session_token(token),
        None => credentials,
    }
}

fn ours(url: &str, session_token: Option<&str>) -> Client {
    Client::new(
        session(url),
        HyperTransport::new(ConnectOptions::new()).unwrap(),
        TokioClock::new(),
    )
    .with_credentials(credentials(session_token))
}

fn ours_blocking(url: &str, session_token: Option<&str>) -> BlockingClient {
    BlockingClient::new(
        session(url),
        UreqTransport::new(ConnectOptions::new()).unwrap(),
    )
    .with_credentials(credentials(session_token))
}
