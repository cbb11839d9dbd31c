select * from {{ source('inputs', 'refresh') }}
