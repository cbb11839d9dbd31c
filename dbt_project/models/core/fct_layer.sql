{{ config(materialized='touched_days', streams=['layer']) }}

with layers as (
    select *
    from {{ ref('stg_layer') }}
    where {{ in_touched_days() }}
),

final as (
    select
        event_date,
        event_id,
        part,
        equipment as equipment_id,
        observed_at,
        run_ref,
        layer,
        layers_planned,
        ended_at,
        case
            when ended_at >= observed_at then {{ seconds_between('observed_at', 'ended_at') }}
            when ended_at is null then (recoat_s + exposure_s)::decimal(18, 6)
        end as layer_s,
        exposure_s::decimal(18, 6) as exposure_s,
        recoat_s::decimal(18, 6) as recoat_s,
        height_mm,
        anomalies,
        recoater_events,
        received_at,
        segment,
        spool_offset,
        record
    from layers
)

select * from final
