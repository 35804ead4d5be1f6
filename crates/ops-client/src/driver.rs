//! The two drivers, side by side: each is a loop over a machine, and neither decides anything.

use std::sync::Arc;

use ops_model::Call;
use ops_transport::{BlockingClock, BlockingTransport, Cancel, Clock, Transport};

use crate::{
    BlockingCredentialsSource, Credentials, CredentialsError, CredentialsSource, Error, Exchange,
    Machine, Step,
};

/// What the async driver needs of the world.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) credentials: Option<Arc<dyn CredentialsSource>>,
}

/// What the blocking driver needs of the world.
#[derive(Clone)]
pub(crate) struct BlockingWorld {
    pub(crate) transport: Arc<dyn BlockingTransport>,
    pub(crate) clock: Arc<dyn BlockingClock>,
    pub(crate) credentials: Option<Arc<dyn BlockingCredentialsSource>>,
    pub(crate) cancel: Cancel,
}

/// The next result of a machine, or why there is none.
pub(crate) type Next<T> = Result<Result<T, ops_model::EndReason>, Error>;

pub(crate) async fn drive<M: Machine>(machine: &mut M, world: &World) -> Next<M::Output> {
    loop {
        match machine.step(world.clock.now())? {
            Step::Credentials => {
                let credentials = match &world.credentials {
                    Some(source) => source.credentials().await,
                    None => no_source(),
                };
                machine.on_credentials(world.clock.now(), credentials);
            }
            Step::Send { request, attempt } => {
                let reply = world.transport.send(request, &attempt).await;
                machine.on_reply(world.clock.now(), reply);
            }
            Step::Wait(duration) => world.clock.sleep(duration).await,
            Step::Ready(output) => return Ok(Ok(output)),
            Step::Done(reason) => return Ok(Err(reason)),
        }
    }
}

/// What one call comes to.
pub(crate) async fn complete<C: Call>(
    mut exchange: Exchange<C>,
    world: &World,
) -> Result<C::Output, Error> {
    let output = drive(&mut exchange, world).await?;
    Ok(output.expect("an exchange is ready before it is done"))
}

pub(crate) fn drive_blocking<M: Machine>(
    machine: &mut M,
    world: &BlockingWorld,
) -> Next<M::Output> {
    loop {
        if world.cancel.is_cancelled() {
            return Err(machine.cancel());
        }
        match machine.step(world.clock.now())? {
            Step::Credentials => {
                let credentials = match &world.credentials {
                    Some(source) => source.credentials_blocking(),
                    None => no_source(),
                };
                machine.on_credentials(world.clock.now(), credentials);
            }
            Step::Send { request, attempt } => {
                let reply = world.transport.send_blocking(request, &attempt);
                machine.on_reply(world.clock.now(), reply);
            }
            Step::Wait(duration) => world.clock.sleep_blocking(duration, &world.cancel),
            Step::Ready(output) => return Ok(Ok(output)),
            Step::Done(reason) => return Ok(Err(reason)),
        }
    }
}

/// What one call comes to.
pub(crate) fn complete_blocking<C: Call>(
    mut exchange: Exchange<C>,
    world: &BlockingWorld,
) -> Result<C::Output, Error> {
    let output = drive_blocking(&mut exchange, world)?;
    Ok(output.expect("an exchange is ready before it is done"))
}

fn no_source() -> Result<Credentials, CredentialsError> {
    Err(CredentialsError::new(
        "the client signs its requests but was given no source of credentials",
    ))
}
