//! The house seen from outside. One binary, so that it links once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy sees tests only in functions marked as such")]

mod cli;
mod closing;
mod cluster;
mod crash;
mod dialects;
mod editors;
mod faults;
mod guide;
mod http;
mod limits;
mod postgres;
mod program;
mod revisions;
mod rolling;
mod scale;
mod secrets;
mod serve;
mod store_story;
mod storm;
mod tidy;
mod together;
mod webhook;
