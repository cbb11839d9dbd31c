select * from {{ handed_in('registry', 'testbeds') }}
