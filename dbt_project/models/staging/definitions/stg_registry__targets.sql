select * from {{ handed_in('registry', 'targets') }}
