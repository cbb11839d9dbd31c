select * from {{ source('registry', 'goals') }}
