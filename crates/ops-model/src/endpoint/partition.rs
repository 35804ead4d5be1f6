/// A group of regions with its own host names.
pub(super) struct Partition {
    pub(super) id: &'static str,
    pub(super) suffix: &'static str,
    pub(super) dual_stack_suffix: &'static str,
    /// What stands before `-word-number` in the names of its regions.
    prefixes: &'static [&'static str],
}

impl Partition {
    /// The partition of a region; unknown ones belong to `aws`.
    pub(super) fn of(region: &str) -> &'static Self {
        let is_of = |partition: &&Self| {
            let global = region.strip_suffix("-global") == Some(partition.id);
            global
                || partition
                    .prefixes
                    .iter()
                    .any(|prefix| is_region(region, prefix))
        };
        PARTITIONS.iter().find(is_of).unwrap_or(&PARTITIONS[0])
    }
}

/// `prefix-word-number`
fn is_region(region: &str, prefix: &str) -> bool {
    region
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(word, number)| {
            !word.is_empty()
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// From AWS's `partitions.json`, as botocore 1.44.5 has it.
static PARTITIONS: [Partition; 8] = [
    Partition {
        id: "aws",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        prefixes: &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
    },
    Partition {
        id: "aws-cn",
        suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        prefixes: &["cn"],
    },
    Partition {
        id: "aws-eusc",
        suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        prefixes: &["eusc-de"],
    },
    Partition {
        id: "aws-iso",
        suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        prefixes: &["us-iso"],
    },
    Partition {
        id: "aws-iso-b",
        suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        prefixes: &["us-isob"],
    },
    Partition {
        id: "aws-iso-e",
        suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        prefixes: &["eu-isoe"],
    },
    Partition {
        id: "aws-iso-f",
        suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        prefixes: &["us-isof"],
    },
    Partition {
        id: "aws-us-gov",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        prefixes: &["us-gov"],
    },
];
