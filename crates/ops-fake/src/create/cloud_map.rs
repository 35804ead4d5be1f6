//! Cloud Map's calls that create operations, and the one that creates what they act on.

use bytes::Bytes;
use http::{Method, StatusCode};
use ops_model::cloud_map::{Operation, OperationStatus, OperationTargetType, OperationType};
use ops_model::{Protocol, Route, Service, ServiceError, Timestamp};
use serde_json::Value;

use super::ledger::Done;
use super::rules::{Form, Input, Member, Rule, check, optional, required};
use super::wire::{self, Data};
use super::{Answer, bad_request};
use crate::Life;
use crate::generate::OWNER_ACCOUNT;
use crate::holdings::Holdings;
use crate::life::Held;
use crate::random::Random;

/// A call: its input, as far as it is looked at, and what it makes.
pub(crate) struct Call {
    name: &'static str,
    makes: Makes,
    members: &'static [Member],
}

enum Makes {
    /// An operation of this type on these targets.
    Operation(OperationType, &'static [(OperationTargetType, Target)]),
    Service,
}

enum Target {
    /// Something new: an id with this prefix.
    New(&'static str),
    /// What this member names, by id or by ARN.
    Resource(&'static str),
    /// What this member says.
    Instance(&'static str),
}

/// The calls and their members' constraints. What is required is here, and what a call makes use of.
///
/// <https://docs.aws.amazon.com/cloud-map/latest/api/API_Operations.html>
static CALLS: [Call; 8] = [
    Call {
        name: "CreateHttpNamespace",
        makes: Makes::Operation(OperationType::CreateNamespace, &NEW_NAMESPACE),
        members: &[required("Name", name(1024)), CREATOR_REQUEST_ID],
    },
    Call {
        name: "CreatePrivateDnsNamespace",
        makes: Makes::Operation(OperationType::CreateNamespace, &NEW_NAMESPACE),
        members: &[
            required("Name", name(253)),
            required("Vpc", text(64)),
            CREATOR_REQUEST_ID,
        ],
    },
    Call {
        name: "CreatePublicDnsNamespace",
        makes: Makes::Operation(OperationType::CreateNamespace, &NEW_NAMESPACE),
        members: &[
            required("Name", Rule::Text(1..=253, &PUBLIC_DNS_NAME)),
            CREATOR_REQUEST_ID,
        ],
    },
    Call {
        name: "DeleteNamespace",
        makes: Makes::Operation(
            OperationType::DeleteNamespace,
            &[(OperationTargetType::Namespace, Target::Resource("Id"))],
        ),
        members: &[required("Id", text(255))],
    },
    Call {
        name: "CreateService",
        makes: Makes::Service,
        members: &[
            required("Name", Rule::Text(1..=127, &SERVICE_NAME)),
            optional("NamespaceId", text(255)),
            CREATOR_REQUEST_ID,
        ],
    },
    Call {
        name: "UpdateService",
        makes: Makes::Operation(
            OperationType::UpdateService,
            &[(OperationTargetType::Service, Target::Resource("Id"))],
        ),
        members: &[
            required("Id", text(255)),
            required("Service", Rule::Structure(&[])),
        ],
    },
    Call {
        name: "RegisterInstance",
        makes: Makes::Operation(OperationType::RegisterInstance, &INSTANCE),
        members: &[
            required("ServiceId", text(255)),
            required("InstanceId", Rule::Text(1..=64, &INSTANCE_ID)),
            required(
                "Attributes",
                Rule::Map {
                    key: &Rule::Text(1..=255, &VISIBLE),
                    value: &Rule::Text(0..=1024, &ATTRIBUTE),
                },
            ),
            CREATOR_REQUEST_ID,
        ],
    },
    Call {
        name: "DeregisterInstance",
        makes: Makes::Operation(OperationType::DeregisterInstance, &INSTANCE),
        members: &[
            required("ServiceId", text(255)),
            required("InstanceId", text(64)),
        ],
    },
];

static NEW_NAMESPACE: [(OperationTargetType, Target); 1] =
    [(OperationTargetType::Namespace, Target::New("ns"))];

static INSTANCE: [(OperationTargetType, Target); 2] = [
    (OperationTargetType::Service, Target::Resource("ServiceId")),
    (
        OperationTargetType::Instance,
        Target::Instance("InstanceId"),
    ),
];

const REQUEST_ID: &str = "CreatorRequestId";
const CREATOR_REQUEST_ID: Member = optional(REQUEST_ID, Rule::Text(0..=64, Form::ANY));

const fn text(max: usize) -> Rule {
    Rule::Text(1..=max, Form::ANY)
}

/// The name of a namespace that is private.
const fn name(max: usize) -> Rule {
    Rule::Text(1..=max, &NAMESPACE_NAME)
}

static VISIBLE: Form = Form::new(is_visible, "visible ASCII characters only");
static NAMESPACE_NAME: Form = Form::new(
    |text| is_visible(text) && !text.starts_with("arn:"),
    "visible ASCII characters only, and no ARN",
);
static PUBLIC_DNS_NAME: Form = Form::new(
    |text| text.contains('.') && text.split('.').all(|label| is_label(label, b"-", b"")),
    "a domain name of two labels or more",
);
static SERVICE_NAME: Form = Form::new(
    |text| text == "." || text.split('.').all(|label| is_label(label, b"-_", b"_")),
    "labels of letters, digits, `_` and inner `-`, with dots in between",
);
static INSTANCE_ID: Form = Form::new(
    |text| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_/:.@-".contains(&byte))
    },
    "letters, digits and `_/:.@-` only",
);
static ATTRIBUTE: Form = Form::new(
    |text| {
        let is_inner = |byte: u8| byte.is_ascii_graphic() || byte == b' ' || byte == b'\t';
        text.bytes().all(is_inner) && !text.starts_with([' ', '\t'])
    },
    "visible ASCII characters, and blanks behind the first",
);

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// 1 to 63 letters and digits, which may have these others in between, and those at the ends of two or more.
fn is_label(label: &str, inner: &[u8], outer: &[u8]) -> bool {
    let is = |byte: &u8, others: &[u8]| byte.is_ascii_alphanumeric() || others.contains(byte);
    match label.as_bytes() {
        [only] => is(only, b""),
        [first, between @ .., last] => {
            label.len() <= 63
                && is(first, outer)
                && is(last, outer)
                && between.iter().all(|byte| is(byte, inner))
        }
        [] => false,
    }
}

impl Call {
    /// The call that a request is for, if it is one of these.
    pub(super) fn of(request: &http::Request<Bytes>) -> Option<&'static Self> {
        let name = Route::cloud_map_operation(request)?;
        let call = CALLS.iter().find(|call| call.name == name);
        call.filter(|_| request.method() == Method::POST)
    }

    /// Does what the call asks for, unless a request with the same `CreatorRequestId` has done it.
    pub(super) fn answer(
        &self,
        request: &http::Request<Bytes>,
        held: &mut Holdings,
        life: Life<OperationStatus>,
        now: Timestamp,
    ) -> Result<Answer, ServiceError> {
        let input = wire::input(request, Protocol::of(request))
            .and_then(|input| check(&input, self.members).map(|()| input))
            .map_err(|fault| bad_request(Service::CloudMap, fault))?;
        if let Some(before) = held.ledger.before(self.name, &input) {
            return Ok(if before.input == input {
                Answer::ok(before.output.clone())
            } else {
                self.conflict(before)
            });
        }
        let mut random = held.ledger.next();
        let (id, output) = match &self.makes {
            Makes::Operation(operation_type, targets) => {
                let targets = targets
                    .iter()
                    .map(|(kind, target)| (kind.clone(), target.id(&input, &mut random)))
                    .collect();
                let id = free_id(held, &mut random);
                let mut operation = Operation::new(id.clone(), OperationStatus::Submitted);
                operation.owner_account = Some(OWNER_ACCOUNT.to_owned());
                operation.operation_type = Some(operation_type.clone());
                operation.create_date = Some(now);
                operation.update_date = Some(now);
                operation.targets = targets;
                held.operations
                    .add(Held::new(operation, life, now))
                    .expect("no operation has this id");
                let output = Data::Structure(vec![("OperationId", Data::text(&id))]);
                (id, output)
            }
            Makes::Service => {
                let id = new_id("srv", &mut random);
                let service = service(&id, &input, now);
                (id, Data::Structure(vec![("Service", service)]))
            }
        };
        held.ledger.keep(
            self.name,
            Done {
                input,
                id,
                output: output.clone(),
            },
        );
        Ok(Answer::ok(output))
    }

    /// The answer to another request with the `CreatorRequestId` of this one.
    fn conflict(&self, before: &Done) -> Answer {
        let id = &before.id;
        let (status, code, what, members) = match self.makes {
            Makes::Operation(..) => (
                StatusCode::CONFLICT,
                "DuplicateRequest",
                "operation",
                vec![("DuplicateOperationId", Data::text(id))],
            ),
            Makes::Service => (
                StatusCode::BAD_REQUEST,
                "ServiceAlreadyExists",
                "service",
                vec![
                    ("CreatorRequestId", Data::text(request_id(&before.input))),
                    ("ServiceId", Data::text(id)),
                    ("ServiceArn", Data::Text(service_arn(id))),
                ],
            ),
        };
        let message = format!(
            "the {REQUEST_ID} is that of another request, which has made the {what} `{id}`; give each request one of its \
             own, or repeat one with the same members"
        );
        let mut body = vec![
            (
                "__type",
                Data::Text(format!("com.amazonaws.servicediscovery#{code}")),
            ),
            ("Message", Data::Text(message)),
        ];
        body.extend(members);
        Answer {
            status,
            body: Data::Structure(body),
        }
    }
}

impl Target {
    fn id(&self, input: &Input, random: &mut Random) -> String {
        match self {
            Self::New(prefix) => new_id(prefix, random),
            Self::Resource(member) => {
                let name = member_text(input, member);
                let of_arn = name.starts_with("arn:").then(|| name.rsplit('/').next());
                of_arn.flatten().unwrap_or(name).to_owned()
            }
            Self::Instance(member) => member_text(input, member).to_owned(),
        }
    }
}

/// What the model's `Service` tells, as far as it is known.
fn service(id: &str, input: &Input, now: Timestamp) -> Data {
    let mut members = vec![
        ("Id", Data::text(id)),
        ("Arn", Data::Text(service_arn(id))),
        ("CreateDate", Data::Date(now)),
    ];
    for name in ["Name", "NamespaceId", REQUEST_ID] {
        if let Some(text) = input.get(name).and_then(Value::as_str) {
            members.push((name, Data::text(text)));
        }
    }
    Data::Structure(members)
}

fn service_arn(id: &str) -> String {
    format!("arn:aws:servicediscovery:us-east-1:{OWNER_ACCOUNT}:service/{id}")
}

fn new_id(prefix: &str, random: &mut Random) -> String {
    format!("{prefix}-{}", random.letters(16))
}

/// An id that no operation has: one of those that were given may be a copy of one that was made.
fn free_id(held: &Holdings, random: &mut Random) -> String {
    loop {
        let id = format!("{}-{}", random.letters(32), random.letters(8));
        if held.operations.find(&id).is_none() {
            return id;
        }
    }
}

/// The `CreatorRequestId` of an input; empty if it has none.
pub(super) fn request_id(input: &Input) -> &str {
    member_text(input, REQUEST_ID)
}

fn member_text<'a>(input: &'a Input, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}
