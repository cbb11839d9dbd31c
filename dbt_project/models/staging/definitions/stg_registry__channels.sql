select * from {{ source('registry', 'channels') }}
