select * from {{ handed_in('inputs', 'meetings') }}
