select * from {{ handed_in('registry', 'regions') }}
