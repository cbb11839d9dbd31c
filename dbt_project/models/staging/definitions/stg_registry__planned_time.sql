select * from {{ handed_in('registry', 'planned_time') }}
