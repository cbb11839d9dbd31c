select * from {{ handed_in('registry', 'indicators') }}
