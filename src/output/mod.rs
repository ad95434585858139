//! How it looks: values of the layers below, as text.
//!
//! Nothing here computes or judges, and nothing here knows the clock or the terminal: width, colour and zone come in as
//! a [`Style`].

pub mod report;

/// How text for a person is laid out.
#[derive(Clone, Debug)]
pub struct Style {
    /// Columns to fill at most.
    pub width: usize,
    /// Whether the terminal takes colours.
    pub color: bool,
    /// The zone in which wall-clock times are shown.
    pub zone: jiff::tz::TimeZone,
}
