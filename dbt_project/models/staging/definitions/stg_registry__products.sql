select * from {{ handed_in('registry', 'products') }}
