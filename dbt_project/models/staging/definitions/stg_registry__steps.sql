select * from {{ source('registry', 'steps') }}
