select * from {{ handed_in('registry', 'erdf_codes') }}
