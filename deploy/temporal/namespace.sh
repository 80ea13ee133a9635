#!/bin/sh
# Creates the namespace with its retention and registers the search attributes. Can be repeated: what is there stays,
# and a retention that was shorter is raised.
set -eu
: "${TEMPORAL_ADDRESS:?HOST:PORT of the Temporal server}" "${PAYOUTS_NAMESPACE:?}" "${PAYOUTS_RETENTION:?for example 720h}"
export TEMPORAL_ADDRESS

# try LIMIT COMMAND...: repeats the command every two seconds until it succeeds.
try() {
  limit=$1
  shift
  count=0
  until "$@"; do
    count=$((count + 1))
    if [ "$count" -ge "$limit" ]; then
      echo "gave up: $*" >&2
      return 1
    fi
    sleep 2
  done
}

try 60 temporal operator cluster health

if ! temporal operator namespace describe --namespace "$PAYOUTS_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$PAYOUTS_NAMESPACE" --retention "$PAYOUTS_RETENTION"
fi
# A new namespace reaches every frontend only within about 10 s.
try 15 temporal operator namespace update --namespace "$PAYOUTS_NAMESPACE" --retention "$PAYOUTS_RETENTION"

try 15 temporal operator search-attribute create --namespace "$PAYOUTS_NAMESPACE" \
  --name PayoutStatus --type Keyword \
  --name PayoutTenant --type Keyword \
  --name PayoutReference --type Keyword \
  --name PayoutProviderAccount --type Keyword \
  --name PayoutAttemptKey --type Keyword \
  --name ProviderPayoutId --type Keyword \
  --name PayoutHeldReason --type Keyword \
  --name PayoutAttention --type Keyword
