select * from {{ handed_in('registry', 'stop_reasons') }}
