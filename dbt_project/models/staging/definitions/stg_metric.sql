select * from {{ source('inputs', 'metrics') }}
