select * from {{ handed_in('registry', 'state_map') }}
