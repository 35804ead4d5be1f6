//! x
mod credentials;
mod sign;

pub use credentials::{
    BlockingCredentialsSource, Credentials, CredentialsError, CredentialsSource,
};
pub use sign::{Sign, SignError, SigningContext};
