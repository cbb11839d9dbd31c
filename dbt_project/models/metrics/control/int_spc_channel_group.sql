{{ config(materialized='touched_days', streams=['measurement']) }}

with charted as (
    select
        *,
        min(value) over (
            partition by event_date, characteristic_id, version, basis, run_ref, slot, number
        ) as lowest
    from {{ ref('int_spc_value') }}
    where {{ in_touched_days() }}
),

characteristics as (
    select * from {{ ref('stg_registry__characteristics') }}
),

-- The last values of a run or day that fill no group wait for those that are still to come.
final as (
    select
        charted.event_date,
        charted.characteristic_id,
        charted.version,
        charted.basis,
        charted.equipment_id,
        charted.run_ref,
        charted.slot,
        charted.number,
        min(charted.observed_at) as started_at,
        max(charted.observed_at) as ended_at,
        {{ group_of_values('charted', 'characteristics') }}
    from charted
    inner join characteristics
        on
            charted.characteristic_id = characteristics.characteristic_id
            and charted.version = characteristics.version
    group by
        charted.event_date, charted.characteristic_id, charted.version, charted.basis, charted.equipment_id,
        charted.run_ref, charted.slot, charted.number
    having count(*) = max(characteristics.subgroup_size)
)

select * from final
