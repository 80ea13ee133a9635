#!/bin/sh
# Creates Temporal's two databases and brings their schema up to date from what temporal-sql-tool carries inside.
# Every step can be repeated, so this runs at every start and is also the upgrade.
set -eu
: "${POSTGRES_SEEDS:?host of PostgreSQL}" "${DB_PORT:?}" "${POSTGRES_USER:?}" "${POSTGRES_PWD:?}"
# The tool reads the password only from here; on the command line every process list would show it.
export SQL_PASSWORD="$POSTGRES_PWD"

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  schema=${pair##*:}
  tool() {
    temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" -u "$POSTGRES_USER" --db "$database" "$@"
  }
  tool create
  tool setup-schema -v 0.0
  tool update-schema --schema-name "postgresql/v12/$schema"
done
