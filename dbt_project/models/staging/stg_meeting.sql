select * from {{ source('inputs', 'meetings') }}
