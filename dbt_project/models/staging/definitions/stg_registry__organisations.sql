select * from {{ source('registry', 'organisations') }}
