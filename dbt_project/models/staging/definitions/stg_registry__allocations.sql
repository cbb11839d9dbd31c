select * from {{ handed_in('registry', 'allocations') }}
