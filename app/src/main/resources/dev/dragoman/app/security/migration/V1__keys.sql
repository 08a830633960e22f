-- Understood by H2 and PostgreSQL alike. Of a key only the hash is kept.
create table api_key (
    id varchar(16) primary key,
    name varchar(100) not null,
    hash char(64) not null,
    scopes varchar(100) not null,
    requests_per_minute integer,
    characters_per_month bigint,
    created timestamp with time zone not null,
    revoked timestamp with time zone
);

-- What a key used in a calendar month of UTC, written as 2026-11.
create table key_usage (
    key_id varchar(16) not null references api_key (id),
    usage_month char(7) not null,
    requests bigint not null,
    characters bigint not null,
    primary key (key_id, usage_month)
);
