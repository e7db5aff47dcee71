#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: a database and a user for each purpose.
set -eu
for name in airflow warehouse; do
    password=$(eval "printf %s \"\$$(echo "$name" | tr a-z A-Z)_PASSWORD\"")
    psql --set ON_ERROR_STOP=1 --username postgres --set name="$name" --set password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
