select * from {{ handed_in('registry', 'indicator_codes') }}
