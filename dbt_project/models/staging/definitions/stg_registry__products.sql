select * from {{ source('registry', 'products') }}
