-- One row: the regions of the programme, by id and by name, for telling whether a county is one of them.
select
    list(region_id order by region_id) as region_ids,
    list(struct_pack(id := region_id, name := lower(name_sv)) order by region_id) as named
from {{ ref('dim_region') }}
