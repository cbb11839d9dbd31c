select * from {{ source('registry', 'excluded_groups') }}
