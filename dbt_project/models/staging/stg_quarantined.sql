select * from {{ handed_in('inputs', 'quarantined') }}
