select * from {{ handed_in('inputs', 'counted') }}
