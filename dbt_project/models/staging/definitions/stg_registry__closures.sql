select * from {{ handed_in('registry', 'closures') }}
