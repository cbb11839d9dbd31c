select * from {{ source('registry', 'meters') }}
