select * from {{ source('registry', 'equipment') }}
