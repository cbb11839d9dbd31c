select * from {{ source('inputs', 'counted') }}
