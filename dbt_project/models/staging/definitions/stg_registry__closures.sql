select * from {{ source('registry', 'closures') }}
