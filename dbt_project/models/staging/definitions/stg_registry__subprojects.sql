select * from {{ handed_in('registry', 'subprojects') }}
