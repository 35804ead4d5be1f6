//! From flags and environment to a session, with the AWS CLI's names and precedence: a flag wins over a variable, a
//! variable over a file.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::{env, fmt, fs};

use hyper_util::client::proxy::matcher::Matcher;
use ops_client::{Endpoint, PlainHttp, RateLimit, RetryPolicy, Session, Timeouts};
use ops_model::{EndpointParams, Service};
use ops_sigv4::{CredentialsChain, Environment, SigV4};
use ops_transport::{ConnectOptions, Proxy};

use crate::arguments::{Global, positive};
use crate::exit::Failure;

/// A variable of the environment; an empty one is as good as none.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::usage(format!("{name} is not UTF-8"))),
    }
}

/// The first of these variables that is set: its name and its value.
fn first_variable<'a>(names: &[&'a str]) -> Result<Option<(&'a str, String)>, Failure> {
    for name in names {
        if let Some(value) = variable(name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

/// Parses what `source` has set.
pub(crate) fn parsed<T: FromStr<Err: fmt::Display>>(
    source: &str,
    text: &str,
) -> Result<T, Failure> {
    text.parse()
        .map_err(|error| Failure::usage(format!("{source}: {error}")))
}

/// `true` or `false`, as the AWS CLI takes them.
fn switch(name: &str) -> Result<bool, Failure> {
    match variable(name)? {
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
        Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => Err(Failure::usage(format!(
            "{name} is neither true nor false; set one of them, or unset it"
        ))),
    }
}

/// Where credentials come from.
pub(crate) fn credentials(global: &Global) -> CredentialsChain {
    let chain = CredentialsChain::new(Environment::process());
    match &global.profile {
        Some(profile) => chain.with_profile(profile),
        None => chain,
    }
}

/// A signed session with `service`, in this region if none is set.
pub(crate) fn session(
    global: &Global,
    service: Service,
    credentials: &CredentialsChain,
    default_region: Option<&str>,
) -> Result<Session, Failure> {
    let own = format!("AWS_ENDPOINT_URL_{}", service.signing_name().to_uppercase());
    let url = match &global.endpoint_url {
        Some(url) => Some(("--endpoint-url", url.clone())),
        None => first_variable(&[&own, "AWS_ENDPOINT_URL"])?,
    };
    let region = match &global.region {
        Some(region) => Some(("--region", region.clone())),
        None => match first_variable(&["AWS_REGION", "AWS_DEFAULT_REGION"])? {
            Some(region) => Some(region),
            None => credentials
                .profile()
                .region()
                .map_err(Failure::Credentials)?
                .map(|region| ("the profile's region", region))
                .or_else(|| default_region.map(|region| ("--resume", region.to_owned()))),
        },
    };
    let Some((region_source, region)) = region else {
        return Err(Failure::usage(
            "no region is set; give --region, set AWS_REGION, or set one in the profile",
        ));
    };
    let params = EndpointParams {
        region: Some(parsed(region_source, &region)?),
        use_fips: switch("AWS_USE_FIPS_ENDPOINT")?,
        use_dual_stack: switch("AWS_USE_DUALSTACK_ENDPOINT")?,
        override_url: url.map(|(source, url)| parsed(source, &url)).transpose()?,
    };
    let session = with_retries(Session::new(params), global)?;
    Ok(limited(session, global).with_signer(SigV4))
}

/// A session with the retries that the environment sets, where no flag does.
fn with_retries(mut session: Session, global: &Global) -> Result<Session, Failure> {
    let wrong = |name: &str, value: &str, remedy: &str| {
        Failure::usage(format!("{name} is `{}`; {remedy}", value.escape_debug()))
    };
    if global.max_attempts.is_none()
        && let Some(value) = variable("AWS_MAX_ATTEMPTS")?
    {
        let attempts = positive(&value).map_err(|rule| wrong("AWS_MAX_ATTEMPTS", &value, rule))?;
        session = session.with_retry(RetryPolicy::attempts(attempts));
    }
    match variable("AWS_RETRY_MODE")?.as_deref() {
        None | Some("standard") => Ok(session),
        Some("adaptive") => Ok(session.with_rate_limit(RateLimit::default())),
        Some(value) => Err(wrong(
            "AWS_RETRY_MODE",
            value,
            "set standard or adaptive, or unset it",
        )),
    }
}

/// A session with the limits that the flags set.
pub(crate) fn limited(mut session: Session, global: &Global) -> Session {
    let timeouts = Timeouts {
        attempt: global.attempt_timeout,
        call: global.call_timeout,
        listing: global.timeout,
    };
    let plain_http = if global.allow_plain_http {
        PlainHttp::Anywhere
    } else {
        PlainHttp::Loopback
    };
    if let Some(attempts) = global.max_attempts {
        session = session.with_retry(RetryPolicy::attempts(attempts));
    }
    if let Some(rate) = global.max_rate {
        session = session.with_rate_limit(RateLimit::per_second(rate).with_burst(NonZeroU32::MIN));
    }
    session.with_timeouts(timeouts).with_plain_http(plain_http)
}

/// Proxy and trust roots for requests to this endpoint.
pub(crate) fn connect_options(endpoint: &Endpoint) -> Result<ConnectOptions, Failure> {
    let mut options = ConnectOptions::new();
    if let Some(path) = variable("AWS_CA_BUNDLE")? {
        let pem = fs::read(&path)
            .map_err(|error| Failure::usage(format!("AWS_CA_BUNDLE ({path}): {error}")))?;
        options = options.with_ca_bundle(pem);
    }
    // In lower case first, as the AWS CLI.
    let no_proxy = first_variable(&["no_proxy", "NO_PROXY"])?.map(|(_, hosts)| hosts);
    if let Some((source, proxy)) = first_variable(&["https_proxy", "HTTPS_PROXY"])?
        && is_proxied(endpoint, no_proxy)
    {
        let proxy =
            Proxy::parse(&proxy).map_err(|error| Failure::usage(format!("{source}: {error}")))?;
        options = options.with_proxy(proxy);
    }
    Ok(options)
}

/// Whether NO_PROXY leaves this endpoint to the proxy. Plain HTTP always goes directly.
fn is_proxied(endpoint: &Endpoint, no_proxy: Option<String>) -> bool {
    let no_proxy = no_proxy.unwrap_or_default();
    // To the matcher, `*` is every name but no address.
    if no_proxy.split(',').any(|entry| entry.trim() == "*") {
        return false;
    }
    let Ok(uri) = endpoint.base().to_string().parse() else {
        return false;
    };
    let matcher = Matcher::builder()
        .https("http://proxy")
        .no(no_proxy)
        .build();
    matcher.intercept(&uri).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_names_hosts_domains_and_networks() {
        let check = |url: &str, no_proxy: &str, proxied: bool| {
            let params = EndpointParams::at_url(url.parse().unwrap(), None);
            let endpoint =
                Endpoint::resolve(&params, Service::CloudMap, PlainHttp::Anywhere).unwrap();
            assert_eq!(
                is_proxied(&endpoint, Some(no_proxy.to_owned())),
                proxied,
                "{url} {no_proxy}"
            );
        };
        let aws = "https://servicediscovery.us-east-1.amazonaws.com";
        check(aws, "", true);
        check(aws, "localhost,127.0.0.1", true);
        check(aws, "servicediscovery.us-east-1.amazonaws.com", false);
        check(aws, "localhost, .amazonaws.com", false);
        check(aws, "amazonaws.com", false);
        check(aws, "*", false);
        check("https://10.1.2.3", "*", false);
        check("https://10.1.2.3", "10.0.0.0/8", false);
        check("http://example.com", "", false);
    }
}
