select * from {{ source('registry', 'regions') }}
