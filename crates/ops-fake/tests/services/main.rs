//! The calls by hand-written requests, against hand-written rows.
#![cfg(test)]

mod cloud_map;
mod common;
mod create;
mod faults;
mod kafka_connect;
mod life;
mod shared;
