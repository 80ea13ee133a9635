#!/bin/sh
# Creates the register's database and its roles, with the passwords of the two URLs. Can be repeated, and is also how a
# password is changed: put another one into the file, and start again.
set -eu
: "${PGHOST:?host of PostgreSQL}" "${PGUSER:?administrator}" "${PGPASSWORD:?}" "${REGISTER_DATABASE:?}"
: "${OWNER_URL_FILE:?file with the owner's URL}" "${WORKER_URL_FILE:?file with the workers' URL}"

# password FILE ROLE: of the URL in the file, which must be the role's and must lead to the database.
password() {
  url=$(cat "$1")
  case $url in
    "postgresql://$2:"*"@"*"/$REGISTER_DATABASE" | "postgresql://$2:"*"@"*"/$REGISTER_DATABASE?"*) ;;
    *)
      echo "$1 must hold postgresql://$2:PASSWORD@HOST:5432/$REGISTER_DATABASE" >&2
      return 1
      ;;
  esac
  rest=${url#"postgresql://$2:"}
  word=${rest%%@*}
  case $word in
    '' | *[!A-Za-z0-9_-]*)
      echo "the password in $1 must be letters, digits, _ and -" >&2
      return 1
      ;;
  esac
  printf '%s' "$word"
}

owner=$(password "$OWNER_URL_FILE" payouts_owner)
worker=$(password "$WORKER_URL_FILE" payouts_worker)

exists=$(psql --no-psqlrc --dbname postgres --tuples-only --no-align \
  --command "select 1 from pg_database where datname = '$REGISTER_DATABASE'")
if [ "$exists" != 1 ]; then
  psql --no-psqlrc --quiet --dbname postgres --command "create database \"$REGISTER_DATABASE\" encoding 'UTF8' template template0"
fi
export PGDATABASE="$REGISTER_DATABASE"
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file "${ROLES_SQL:-/deploy/roles.sql}"

# Over standard input and the environment: a command line is in every list of processes. The server keeps only a hash, and logs
# nothing of these two.
OWNER_PASSWORD=$owner WORKER_PASSWORD=$worker psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv owner OWNER_PASSWORD
\getenv worker WORKER_PASSWORD
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
set password_encryption = 'scram-sha-256';
alter role payouts_owner password :'owner';
alter role payouts_worker password :'worker';
SQL
