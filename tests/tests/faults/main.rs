//! Every fault, by every way, on both services: nothing is lost, nothing is made up, nothing hangs.
//!
//! What is expected stands in literal rows and plain loops; the fake has no part in it.

mod matrix;
mod property;
mod rows;
mod table;
mod world;
