select * from {{ handed_in('registry', 'pilots') }}
