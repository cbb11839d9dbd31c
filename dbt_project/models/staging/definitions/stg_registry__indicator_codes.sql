select * from {{ source('registry', 'indicator_codes') }}
