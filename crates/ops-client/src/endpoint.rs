use ops_model::{BaseUrl, EndpointError, EndpointParams, Origin, Region, Service};

/// Where one service is reached, checked to be encrypted or local.
///
/// This is the one place where plain HTTP is refused, for every transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    base: BaseUrl,
    region: Option<Region>,
}

/// What to make of an `http` endpoint that is not on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// Plain HTTP to `localhost` and loopback addresses, nowhere else.
    #[default]
    Loopback,
    /// Plain HTTP to anywhere: signatures, session tokens and operations can be read on the way.
    Anywhere,
}

/// There is no endpoint to send to, or it is not safe to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEndpoint {
    /// AWS's rules give no endpoint.
    #[error(transparent)]
    Rules(#[from] EndpointError),
    /// Plain HTTP to another machine.
    #[error(
        "plain HTTP to {host} would go unencrypted over the network; use https, or allow plain HTTP explicitly"
    )]
    PlainHttp {
        /// The host.
        host: String,
    },
}

impl Endpoint {
    /// The endpoint that AWS's rules give for `service`.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] if there is none, or if it is plain HTTP to a place that `plain_http` does not allow.
    pub fn resolve(
        params: &EndpointParams,
        service: Service,
        plain_http: PlainHttp,
    ) -> Result<Self, InvalidEndpoint> {
        let base = params.resolve(service)?;
        if base.is_plain_http() && !base.is_loopback() && plain_http == PlainHttp::Loopback {
            return Err(InvalidEndpoint::PlainHttp {
                host: base.host().to_owned(),
            });
        }
        Ok(Self {
            base,
            region: params.region.clone(),
        })
    }

    /// The URL that requests are built on.
    #[must_use]
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The region that requests are signed for.
    #[must_use]
    pub const fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }

    /// What a checkpoint remembers of the endpoint.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::new(
            self.base.to_string(),
            self.region.as_ref().map(Region::as_str),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_loopback_only_unless_it_is_allowed() {
        let check = |url: &str, plain_http, allowed: bool| {
            let params = EndpointParams::at_url(url.parse().unwrap(), None);
            let endpoint = Endpoint::resolve(&params, Service::CloudMap, plain_http);
            assert_eq!(endpoint.is_ok(), allowed, "{url} {plain_http:?}");
        };
        check("http://127.0.0.1:5000", PlainHttp::Loopback, true);
        check("http://[::1]:5000", PlainHttp::Loopback, true);
        check("http://localhost:4566", PlainHttp::Loopback, true);
        check("https://example.com", PlainHttp::Loopback, true);
        check("http://example.com", PlainHttp::Loopback, false);
        check("http://localhost.example.com", PlainHttp::Loopback, false);
        check("http://192.168.0.1", PlainHttp::Loopback, false);
        check("http://example.com", PlainHttp::Anywhere, true);
    }
}
