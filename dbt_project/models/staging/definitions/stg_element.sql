select * from {{ source('inputs', 'elements') }}
