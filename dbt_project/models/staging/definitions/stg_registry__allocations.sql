select * from {{ source('registry', 'allocations') }}
