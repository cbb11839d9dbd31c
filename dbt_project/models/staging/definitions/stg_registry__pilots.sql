select * from {{ source('registry', 'pilots') }}
