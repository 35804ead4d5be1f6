//! The secrets of what is around a client: its proxy, and where its credentials come from.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use futures_executor::block_on;
use ops_client::{BlockingCredentialsSource, CredentialsSource};
use ops_hyper::HyperTransport;
use ops_sigv4::{CredentialsChain, Environment, EnvironmentCredentials, ProfileCredentials};
use ops_transport::conformance::Server;
use ops_transport::{Attempt, BlockingTransport, ConnectOptions, Proxy, Transport, TransportError};
use ops_ureq::UreqTransport;
use tokio::runtime::Builder;

use crate::clients::on_the_wire;
use crate::scan::Scan;
use crate::story::{BODY, HEADER, PROCESS, PROXY_PASSWORD, SECRET_KEY, SESSION_TOKEN};

/// A proxy that asks who it is, in spite of the password, and one that is none.
pub(crate) fn through_a_proxy(scan: &mut Scan, used: &mut Vec<String>) {
    let authority = rcgen::generate_simple_self_signed(["service.test".to_owned()])
        .expect("a certificate")
        .cert
        .pem();
    let refusal = format!("HTTP/1.1 407 {BODY}\r\nset-cookie: {HEADER}\r\n\r\n{BODY}");
    for answer in [refusal, format!("{BODY}\r\n\r\n"), String::new()] {
        for sends in [by_hyper, by_ureq] {
            let server = Server::answering(answer.clone());
            let proxy = format!("http://user:{PROXY_PASSWORD}@{}", server.address());
            let proxy = Proxy::parse(&proxy).expect("a proxy");
            let options = ConnectOptions::new()
                .with_proxy(proxy.clone())
                .with_ca_bundle(authority.clone());
            scan.value("a proxy", &(&proxy, &options, proxy.basic_authorization()));
            let error = sends(options, scan);
            scan.error("a refusal of the proxy", &error);
            used.push(on_the_wire(&server.received()));
        }
    }
    for text in [
        "socks5://user:{}@proxy",
        "http://user:{}@:1",
        "http://user:{}@a:99999",
    ] {
        let text = text.replace("{}", PROXY_PASSWORD);
        scan.error("no proxy", &Proxy::parse(&text).expect_err("it is none"));
    }
}

fn request() -> http::Request<Bytes> {
    http::Request::post("https://service.test/")
        .header("authorization", SECRET_KEY)
        .body(Bytes::from_static(BODY.as_bytes()))
        .expect("a request")
}

fn by_hyper(options: ConnectOptions, scan: &mut Scan) -> TransportError {
    let transport = HyperTransport::new(options).expect("a transport");
    scan.value("HyperTransport", &transport);
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let attempt = Attempt::new("ListOperations");
    runtime
        .block_on(transport.send(request(), &attempt))
        .expect_err("no tunnel")
}

fn by_ureq(options: ConnectOptions, scan: &mut Scan) -> TransportError {
    let transport = UreqTransport::new(options).expect("a transport");
    scan.value("UreqTransport", &transport);
    let attempt = Attempt::new("ListOperations");
    transport
        .send_blocking(request(), &attempt)
        .expect_err("no tunnel")
}

/// Credentials from variables and from programs that print them well, badly, or while they fail.
pub(crate) fn credentials(scan: &mut Scan, used: &mut Vec<String>) {
    let environment = Environment::from_iter([
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ("AWS_SESSION_TOKEN", SESSION_TOKEN),
    ]);
    scan.value("an environment", &environment);
    let variables = EnvironmentCredentials::new(environment.clone());
    show(&variables, scan, used);
    show(&CredentialsChain::new(environment), scan, used);

    let json = |member: &str| format!(r#"printf '{{"Version":1,"AccessKeyId":"A",{member}}}'"#);
    let processes = [
        json(&format!(r#""SecretAccessKey":"{PROCESS}""#)),
        json(&format!(r#""SecretAccessKey":["{PROCESS}"]"#)),
        json(&format!(
            r#""SecretAccessKey":"s","Expiration":"{PROCESS}""#
        )),
        format!("printf {PROCESS}"),
        format!("sh -c 'echo {PROCESS}; exit 1'"),
    ];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (number, process) in processes.iter().enumerate() {
        let config = folder.join(format!("secrets-{number}"));
        let text = format!("[default]\ncredential_process = {process}\n");
        fs::write(&config, text).expect("the folder of tests is writable");
        let config = config.to_str().expect("a path in UTF-8");
        let environment = Environment::from_iter([
            ("AWS_CONFIG_FILE", config),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere"),
        ]);
        show(&ProfileCredentials::new(environment), scan, used);
    }
}

fn show<S>(source: &S, scan: &mut Scan, used: &mut Vec<String>)
where
    S: BlockingCredentialsSource + CredentialsSource + std::fmt::Debug,
{
    scan.value("a source of credentials", source);
    for given in [
        source.credentials_blocking(),
        block_on(source.credentials()),
    ] {
        match given {
            Ok(credentials) => {
                scan.value("credentials", &credentials);
                used.push(credentials.secret_access_key().to_owned());
            }
            Err(error) => scan.error("a source of credentials", &error),
        }
    }
}
