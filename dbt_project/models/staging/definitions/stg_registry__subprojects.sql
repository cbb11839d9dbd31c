select * from {{ source('registry', 'subprojects') }}
