select * from {{ handed_in('inputs', 'stream_verdicts') }}
