select * from {{ handed_in('registry', 'characteristics') }}
