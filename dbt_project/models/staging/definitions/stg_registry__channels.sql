select * from {{ handed_in('registry', 'channels') }}
