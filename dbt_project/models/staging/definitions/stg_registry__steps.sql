select * from {{ handed_in('registry', 'steps') }}
