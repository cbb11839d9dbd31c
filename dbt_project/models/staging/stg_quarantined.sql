select * from {{ source('inputs', 'quarantined') }}
