select * from {{ handed_in('registry', 'excluded_groups') }}
