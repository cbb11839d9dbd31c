select * from {{ source('registry', 'stop_reasons') }}
