select * from {{ source('registry', 'emission_factors') }}
