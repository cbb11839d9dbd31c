select * from {{ handed_in('inputs', 'metrics') }}
