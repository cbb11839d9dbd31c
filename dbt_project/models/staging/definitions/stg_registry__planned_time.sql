select * from {{ source('registry', 'planned_time') }}
