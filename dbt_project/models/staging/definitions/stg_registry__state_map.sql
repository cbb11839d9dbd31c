select * from {{ source('registry', 'state_map') }}
