select * from {{ source('registry', 'erdf_codes') }}
