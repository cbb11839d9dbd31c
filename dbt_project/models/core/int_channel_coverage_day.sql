{{ config(materialized='touched_days', streams=['measurement']) }}

with stretches as (
    select * from {{ ref('int_channel_stretch_day') }}
    where {{ in_touched_days() }}
),

{{ stretches_in_day('stretches', same=['is_good']) }}

select * from final
