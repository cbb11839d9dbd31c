select * from {{ handed_in('inputs', 'refresh') }}
