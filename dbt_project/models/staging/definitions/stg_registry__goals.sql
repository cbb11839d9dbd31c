select * from {{ handed_in('registry', 'goals') }}
