#!/usr/bin/env bash
# How a shell script that asks AWS Cloud Map for operations is tested: with the AWS CLI, curl and `ops fake serve`.
#
# The environment variable OPS names the binary `ops` if it is not on the PATH.
set -euo pipefail

# The fake, on a free port, until this script ends.
coproc fake { exec "${OPS:-ops}" fake serve; }
trap 'kill "$fake_PID"' EXIT
# "listening on http://127.0.0.1:49152"
read -r _ _ url <&"${fake[0]}"

export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1 AWS_MAX_ATTEMPTS=1
cloud_map() { aws servicediscovery --endpoint-url "$url" "$@"; }
# What a test does to the service: a path of the control API and a JSON document.
control() { curl --silent --show-error --fail --output /dev/null --header 'x-ops-fake: 1' --data "$2" "$url/_ops-fake/$1"; }

# expect TEXT COMMAND…: what the command prints is this text.
expect() {
  local expected=$1 actual
  shift
  actual=$("$@" 2>&1) || true
  if [[ $actual == "$expected" ]]; then
    printf 'ok: %s\n' "$*"
  else
    printf 'FAILED: %s\n' "$*"
    diff <(printf '%s\n' "$expected") <(printf '%s\n' "$actual")
  fi
}

# AWS's documented example of a list, and its documented output.
expect '{
    "Operations": [
        {
            "Id": "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample",
            "Status": "SUCCESS"
        },
        {
            "Id": "prysnyzpji3u2ciy45nke83x2zanl7yk-dexample",
            "Status": "SUCCESS"
        },
        {
            "Id": "ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example",
            "Status": "PENDING"
        }
    ]
}' cloud_map list-operations --filters Name=STATUS,Condition=IN,Values=PENDING,SUCCESS

status() { cloud_map get-operation --operation-id "$1" --query Operation.Status --output text; }
control cloud-map/operations '{"Id": "slow", "Status": "PENDING", "life": [{"after": 3600, "state": "SUCCESS"}]}'
expect PENDING status slow
control advance '{"seconds": 3600}'
expect SUCCESS status slow

# What a call creates takes five seconds.
id=$(cloud_map create-http-namespace --name shop --query OperationId --output text)
control advance '{"seconds": 5}'
expect SUCCESS status "$id"

control cloud-map/operations '{"Id": "mine", "Status": "PENDING"}'
control cloud-map/fail '{"id": "mine", "code": "ACCESS_DENIED", "message": "not your zone"}'
expect 'mine' cloud_map list-operations --filters Name=STATUS,Values=FAIL --query 'Operations[].Id' --output text

control faults '[{"error": {"status": 400, "code": "ThrottlingException", "message": "Rate exceeded"}}]'
expect '
An error occurred (ThrottlingException) when calling the GetOperation operation (reached max retries: 0): Rate exceeded' \
  status mine
