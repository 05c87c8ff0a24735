#!/bin/sh
# Restores one table of a Lifeboat snapshot without Lifeboat: age, zstd, psql and a POSIX shell are enough.
#
#   restore-by-hand.sh VAULT IDENTITY SNAPSHOT TABLE DATABASE_URL [TARGET_TABLE]
#
#   VAULT         directory of the vault
#   IDENTITY      age identity file that opens one of keys/*.age (for a passphrase: run `age -d keys/ID.age > owner.json`
#                 yourself and give owner.json instead)
#   SNAPSHOT      a file name under snapshots/
#   TABLE         name as the snapshot lists it: agents, or other_schema.name
#   TARGET_TABLE  an existing, empty table with the same columns (default: TABLE); SQL text, quoted where needed
#
# JSON is read by the database server itself, so no other tool is needed. The format: docs/vault-format.md.
set -eu
vault=$1 identity=$2 snapshot=$3 table=$4 url=$5 target=${6:-$4}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 700 "$work"

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$url" "$@"; }
object_path() { printf '%s/objects/%.2s/%s' "$vault" "$1" "$1"; }
open_object() { age -d -i "$work/vault.key" "$1" | zstd -d -q -c; }
# A JSON document becomes a psql variable that is quoted by psql (:'doc'), whatever is in it.
json() { { printf '\\set doc `cat %s`\n' "$1"; cat; } | sql; }

# 1. The owner keys, wrapped for you; the vault's own identity is inside.
case $identity in
*.json) cp "$identity" "$work/owner.json" ;;
*)
	for key in "$vault"/keys/*.age; do age -d -i "$identity" "$key" >"$work/owner.json" 2>/dev/null && break; done
	[ -s "$work/owner.json" ] || { echo "none of $vault/keys opens with $identity" >&2; exit 1; }
	;;
esac
echo "select :'doc'::json ->> 'identity'" | json "$work/owner.json" >"$work/vault.key"

# 2. Snapshot → list of tables → this table's entry.
open_object "$vault/snapshots/$snapshot" | head -n 1 >"$work/manifest.json"
tables=$(echo "select :'doc'::json ->> 'tables'" | json "$work/manifest.json")
open_object "$(object_path "$tables")" >"$work/tables.json"
echo "select e from json_array_elements(:'doc'::json) e where concat_ws('.', e ->> 'schema', e ->> 'name') = '$(printf %s "$table" | sed "s/'/''/g")'" | json "$work/tables.json" >"$work/entry.json"
[ -s "$work/entry.json" ] || { echo "the snapshot has no table $table" >&2; exit 1; }
kind=$(echo "select :'doc'::json -> 'content' ->> 'kind'" | json "$work/entry.json")

# 3. Tuples between the header and the trailer of binary COPY.
{
	printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0'
	case $kind in
	bundle)
		set -- $(echo "select :'doc'::json #>> '{content,object}', :'doc'::json #>> '{content,offset}', :'doc'::json #>> '{content,segment,bytes}'" | json "$work/entry.json" | tr '|' ' ')
		open_object "$(object_path "$1")" | tail -c "+$(($2 + 1))" | head -c "$3"
		;;
	pages)
		for page in $(echo "select p ->> 'object' from json_array_elements(:'doc'::json #> '{content,pages}') p" | json "$work/entry.json"); do
			open_object "$(object_path "$page")" >"$work/page.json"
			for segment in $(echo "select s ->> 'name' from json_array_elements(:'doc'::json) s" | json "$work/page.json"); do
				open_object "$(object_path "$segment")"
			done
		done
		;;
	esac
	printf '\377\377'
} >"$work/rows"

# 4. Columns that travel as text go through a staging table and are cast by the target's own types.
columns=$(echo "select string_agg(quote_ident(c ->> 'name'), ', ') from json_array_elements(:'doc'::json -> 'shape') c" | json "$work/entry.json")
staged=$(echo "select string_agg(quote_ident(c ->> 'name') || case c ->> 'as' when 'text' then '::text' else '' end || ' as ' || quote_ident(c ->> 'name'), ', ') from json_array_elements(:'doc'::json -> 'shape') c" | json "$work/entry.json")
casts=$(echo "select string_agg(quote_ident(c ->> 'name') || case c ->> 'as' when 'text' then '::' || (c ->> 'type') else '' end, ', ') from json_array_elements(:'doc'::json -> 'shape') c" | json "$work/entry.json")
{
	echo 'begin;'
	echo "create temporary table by_hand as select $staged from $target with no data;"
	# printf, because some shells' echo would take \\c for "no more output".
	printf '%s\n' "\\copy by_hand ($columns) from '$work/rows' with (format binary)"
	echo "insert into $target ($columns) overriding system value select $casts from by_hand;"
	echo "commit;"
} | sql
echo "select count(*) || ' rows are in ' || \$\$$target\$\$ from $target" | sql
