"""retry.json: what botocore's "standard" retry mode makes of failures: whether, when and at what cost to try again."""

import botocore.exceptions
import botocore.parsers
from botocore.awsrequest import AWSResponse
from botocore.retries import quota, standard

import offline

NOTES = [
    "max_attempts 3 (including the first), quota 500, +1 per success without retry",
    "status-only rows have no error code; for kafkaconnect the code is the status text, as botocore parses an empty "
    "body",
    "failed_attempt is 1-based: delay before attempt failed_attempt+1",
]
MAX_ATTEMPTS = 3
URL = "https://example.com/"

LIST = ("servicediscovery", "json", "ListOperations")
GET = ("servicediscovery", "json", "GetOperation")
KAFKA_LIST = ("kafkaconnect", "rest-json", "ListConnectorOperations")

# operation, status, codes.
CODES = [
    (
        LIST,
        400,
        [
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "RequestThrottled",
            "SlowDown",
            "EC2ThrottledException",
            "RequestTimeout",
            "InvalidInput",
            "AccessDeniedException",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "RequestTimeTooSkewed",
            "RequestExpired",
            "ServiceUnavailable",
            "UnknownOperationException",
            "ValidationException",
            "throttlingexception",
        ],
    ),
    (GET, 400, ["OperationNotFound"]),
    (GET, 404, ["OperationNotFound"]),
]
# operation, statuses of responses that name no code.
BARE = [
    (LIST, [400]),
    (KAFKA_LIST, [400, 403]),
    (LIST, [404, 408]),
    (KAFKA_LIST, [408, 409]),
    (LIST, [413, 429]),
    (KAFKA_LIST, [429, 499]),
    (LIST, [500, 501]),
    (KAFKA_LIST, [501, 502]),
    (LIST, [503, 504]),
    (KAFKA_LIST, [504, 505]),
    (LIST, [507, 508]),
    (KAFKA_LIST, [508, 509]),
    (LIST, [511, 529]),
    (KAFKA_LIST, [529, 301]),
    (LIST, [304, 200]),
    (KAFKA_LIST, [200]),
]
KAFKA_CODES = [
    (KAFKA_LIST, 400, ["BadRequestException"]),
    (KAFKA_LIST, 403, ["ForbiddenException"]),
    (KAFKA_LIST, 429, ["TooManyRequestsException"]),
    (KAFKA_LIST, 503, ["ServiceUnavailableException"]),
    (KAFKA_LIST, 409, ["ConflictException"]),
    (KAFKA_LIST, 403, ["AccessDeniedException"]),
    (KAFKA_LIST, 429, ["SomethingNew"]),
    (KAFKA_LIST, 400, ["SomethingNew"]),
    (KAFKA_LIST, 429, ["BadRequestException"]),
    (KAFKA_LIST, 503, ["NotFoundException"]),
]
EXCEPTIONS = [
    botocore.exceptions.ReadTimeoutError(endpoint_url=URL),
    botocore.exceptions.EndpointConnectionError(endpoint_url=URL),
    botocore.exceptions.SSLError(endpoint_url=URL, error="x"),
    botocore.exceptions.ParamValidationError(report="x"),
]
# The number that random() gives, for throttling and for other failures; then the header, with one of the two.
JITTER = [0.5, 1.0]
RETRY_AFTER = [
    (True, "0"),
    (False, "100"),
    (False, "1500"),
    (True, "1500"),
    (True, "4999"),
    (False, "5000"),
    (False, "5500"),
    (True, "5500"),
    (True, "10000"),
    (False, "600000"),
    (False, "-5"),
    (True, "-5"),
    (True, "1.5"),
    (False, "abc"),
    (False, ""),
    (True, ""),
    (True, " 1500 "),
    (False, "1e3"),
]
MIXED = [
    "fail500",
    "fail500",
    "success-after-retry",
    "fail400throttle",
    "success-after-retry",
    "fail500",
    "final-failure",
    "success-first-try",
    "success-first-try",
]

DETECTOR = standard.ThrottlingErrorDetector(standard.RetryEventAdapter())


def context(operation, attempt=1, status=None, code=None, exception=None, headers=None, request=None):
    service, protocol, name = operation
    response = parsed = None
    if status is not None:
        response = AWSResponse(URL, status, headers or {}, None)
        parsed = {"Error": {"Code": code}} if code else {}
    return standard.RetryContext(
        attempt_number=attempt,
        operation_model=offline.client(service, protocol).meta.service_model.operation_model(name),
        parsed_response=parsed,
        http_response=response,
        caught_exception=exception,
        request_context=request,
    )


def classified(operation, status=None, code=None, exception=None):
    failure = context(operation, status=status, code=code, exception=exception)
    retryable = standard.StandardRetryConditions(MAX_ATTEMPTS).is_retryable(failure)
    made = {"service": operation[0], "operation": operation[2], "status": status, "code": code}
    if exception is not None:
        made["exception"] = type(exception).__name__
    made |= {"retryable": retryable, "throttling": DETECTOR.is_throttling_error_from_context(failure)}
    if retryable:
        bucket = quota.RetryQuota()
        standard.RetryQuotaChecker(bucket, DETECTOR).acquire_retry_quota(failure)
        made["cost"] = bucket.INITIAL_CAPACITY - bucket.available_capacity
        made["base_ms"] = round(backoff(1.0).delay_amount(failure) * 1000)
    return made


def parsed_code(operation, status):
    """What botocore's parser makes of an empty body: the status as a code. The rows of Cloud Map have no code at all."""
    service, protocol, name = operation
    if service == "servicediscovery" or status < 300:
        return None
    parser = botocore.parsers.create_parser(protocol)
    shape = offline.client(service, protocol).meta.service_model.operation_model(name).output_shape
    return parser.parse({"status_code": status, "headers": {}, "body": b""}, shape)["Error"]["Code"]


def backoff(jitter):
    return standard.ExponentialBackoff(random=lambda: jitter, throttling_detector=DETECTOR)


def delay(throttling, attempt, jitter, retry_after=None):
    headers = {} if retry_after is None else {"x-amz-retry-after": retry_after}
    status, code = (400, "ThrottlingException") if throttling else (500, None)
    failure = context(LIST, attempt, status, code, headers=headers)
    return {
        "throttling": throttling,
        "failed_attempt": attempt,
        "rand": jitter,
        "retry_after": retry_after,
        "delay_ms": round(backoff(jitter).delay_amount(failure) * 1000, 6),
    }


def delays():
    for throttling in [False, True]:
        for attempt in range(1, 13):
            for jitter in JITTER:
                yield delay(throttling, attempt, jitter)
    for throttling, retry_after in RETRY_AFTER:
        yield delay(throttling, 2, 0.5 if throttling else 1.0, retry_after)


def until_empty(id, status, code):
    bucket = quota.RetryQuota()
    checker = standard.RetryQuotaChecker(bucket, DETECTOR)
    granted = 0
    while checker.acquire_retry_quota(context(LIST, status=status, code=code)):
        granted += 1
    return {"id": id, "granted": granted, "left": bucket.available_capacity}


def mixed():
    bucket = quota.RetryQuota()
    checker = standard.RetryQuotaChecker(bucket, DETECTOR)
    request, steps = {}, []
    for step in MIXED:
        if step == "fail500":
            checker.acquire_retry_quota(context(LIST, status=500, request=request))
        elif step == "fail400throttle":
            checker.acquire_retry_quota(context(LIST, status=400, code="ThrottlingException", request=request))
        else:
            status = 500 if step == "final-failure" else 200
            checker.release_retry_quota(request, AWSResponse(URL, status, {}, None))
            request = {}
        steps.append([step, bucket.available_capacity])
    return {"id": "mixed", "steps": steps}


def classification():
    for operation, status, codes in CODES:
        yield from (classified(operation, status, code) for code in codes)
    for operation, statuses in BARE:
        yield from (classified(operation, status, parsed_code(operation, status)) for status in statuses)
    for operation, status, codes in KAFKA_CODES:
        yield from (classified(operation, status, code) for code in codes)
    yield from (classified(LIST, exception=exception) for exception in EXCEPTIONS)


def generate():
    return {
        "generator": f"gen_retry.py, botocore {offline.VERSION}",
        "notes": NOTES,
        "classification": list(classification()),
        "delays": list(delays()),
        "quota": [
            until_empty("transient-until-empty", 500, None),
            until_empty("throttling-until-empty", 400, "ThrottlingException"),
            mixed(),
        ],
    }
