{{ config(materialized='touched_days', streams=['measurement']) }}

with measurements as (
    select
        *,
        try_cast(value as decimal(17, 9)) as measured
    from {{ ref('fct_measurement') }}
    where {{ in_touched_days() }}
),

characteristics as (
    select * from {{ ref('stg_registry__characteristics') }}
    where channel is not null
),

-- Beyond the channel's physical range, or called bad by its sender, it is the sensor that is out of control.
charted as (
    select
        measurements.*,
        characteristics.characteristic_id,
        characteristics.version,
        characteristics.subgroup_size,
        characteristics.subgroup_every_s,
        {{ local_day('measurements.observed_at') }} <= characteristics.reference_last_day
        and measurements.received_at <= coalesce(characteristics.reference_known_at, measurements.received_at)
            as in_reference
    from measurements
    inner join characteristics
        on
            measurements.equipment_id = characteristics.equipment_id
            and measurements.channel = characteristics.channel
            and {{ local_day('measurements.observed_at') }} >= characteristics.reference_first_day
    where
        measurements.measured is not null
        and coalesce(measurements.quality, 'good') <> 'bad'
        and coalesce(measurements.in_range, true)
),

known as (
    select
        *,
        'current' as basis
    from charted
    union all
    select
        *,
        'reference' as basis
    from charted
    where in_reference
),

placed as (
    select
        *,
        coalesce(
            (epoch_us(observed_at) - epoch_us(event_date::timestamp)) // (subgroup_every_s * 1000000), 0
        ) as slot
    from known
),

counted as (
    select
        *,
        row_number() over (
            partition by characteristic_id, version, basis, event_date, run_ref, slot
            order by observed_at, measured, event_id, part
        ) - 1 as place
    from placed
),

final as (
    select
        event_date,
        event_id,
        part,
        characteristic_id,
        version,
        basis,
        equipment_id,
        run_ref,
        observed_at,
        measured as value,
        slot,
        place // subgroup_size as number
    from counted
    where subgroup_every_s is null or place < subgroup_size
)

select * from final
