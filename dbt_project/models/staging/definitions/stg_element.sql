select * from {{ handed_in('inputs', 'elements') }}
