//! Integration tests: the house seen from outside. One binary, so that it links once.
mod store_story;
mod tidy;
