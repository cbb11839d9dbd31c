select * from {{ handed_in('registry', 'equipment') }}
