select * from {{ source('inputs', 'stream_verdicts') }}
