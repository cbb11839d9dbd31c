select * from {{ handed_in('registry', 'meters') }}
