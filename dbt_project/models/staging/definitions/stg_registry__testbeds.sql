select * from {{ source('registry', 'testbeds') }}
