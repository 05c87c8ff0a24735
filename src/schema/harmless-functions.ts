/**
 * Functions of PostgreSQL and pgvector that a definition from a vault may call: they compute from their arguments,
 * the clock, randomness or a sequence; they read no files, tables or settings, send nothing, wait for nothing.
 */
export const harmlessFunctions: ReadonlySet<string> = new Set(
  `
  now clock_timestamp statement_timestamp transaction_timestamp timeofday current_timestamp localtimestamp current_time localtime
  nextval random gen_random_uuid uuidv4 uuidv7 uuid_generate_v4
  abs ceil ceiling div exp floor ln log mod power round sign sqrt trunc width_bucket
  ascii bit_length btrim char_length character_length chr concat concat_ws decode encode format initcap left length lower lpad ltrim md5
  normalize octet_length overlay position quote_ident quote_literal regexp_like regexp_match regexp_replace regexp_split_to_array replace
  reverse right rpad rtrim sha224 sha256 sha384 sha512 split_part starts_with strpos substr substring to_hex translate trim upper
  age date_part date_trunc extract isfinite justify_days justify_hours justify_interval make_date make_interval make_time make_timestamp
  make_timestamptz timezone to_char to_date to_number to_timestamp
  coalesce greatest least nullif num_nonnulls num_nulls row
  array_append array_cat array_length array_lower array_ndims array_position array_prepend array_remove array_to_string array_upper cardinality string_to_array
  json_array_length json_build_array json_build_object json_extract_path json_extract_path_text json_typeof to_json
  jsonb_array_length jsonb_build_array jsonb_build_object jsonb_extract_path jsonb_extract_path_text jsonb_path_exists jsonb_path_match jsonb_strip_nulls
  jsonb_typeof to_jsonb
  numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery to_tsvector websearch_to_tsquery
  daterange int4range int8range isempty lower_inc lower_inf numrange range_merge tsrange tstzrange upper_inc upper_inf
  abbrev broadcast family host hostmask masklen netmask network set_masklen
  hashtext hashtextextended
  binary_quantize cosine_distance inner_product l1_distance l2_distance l2_norm l2_normalize subvector vector_dims vector_norm
  `
    .trim()
    .split(/\s+/),
);
