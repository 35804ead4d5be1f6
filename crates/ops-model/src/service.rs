use std::fmt;

/// One of the two services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// AWS Cloud Map.
    CloudMap,
    /// Amazon MSK Connect.
    KafkaConnect,
}

impl Service {
    /// The name in endpoints and signatures: `servicediscovery` or `kafkaconnect`.
    #[must_use]
    pub const fn signing_name(self) -> &'static str {
        match self {
            Self::CloudMap => "servicediscovery",
            Self::KafkaConnect => "kafkaconnect",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CloudMap => "Cloud Map",
            Self::KafkaConnect => "MSK Connect",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_prints_as_people_call_it() {
        assert_eq!(Service::CloudMap.to_string(), "Cloud Map");
        assert_eq!(Service::KafkaConnect.to_string(), "MSK Connect");
    }
}
