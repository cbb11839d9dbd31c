select * from {{ handed_in('registry', 'organisations') }}
