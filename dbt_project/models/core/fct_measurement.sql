{{ config(materialized='touched_days', streams=['measurement']) }}

with measurements as (
    select *
    from {{ ref('stg_measurement') }}
    where {{ in_touched_days() }}
),

channels as (
    select * from {{ ref('stg_registry__channels') }}
),

final as (
    select
        measurements.event_date,
        measurements.event_id,
        measurements.part,
        measurements.equipment as equipment_id,
        measurements.channel,
        measurements.observed_at,
        measurements.received_at,
        measurements.value,
        measurements.quality,
        measurements.run_ref,
        channels.unit,
        measurements.value between channels.minimum and channels.maximum as in_range
    from measurements
    left join channels
        on
            measurements.equipment = channels.equipment_id
            and measurements.channel = channels.channel
            and measurements.event_date between channels.valid_from and channels.valid_to
)

select * from final
