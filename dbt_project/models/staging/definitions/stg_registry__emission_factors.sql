select * from {{ handed_in('registry', 'emission_factors') }}
