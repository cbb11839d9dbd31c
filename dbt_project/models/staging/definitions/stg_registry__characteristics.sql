select * from {{ source('registry', 'characteristics') }}
