with inspections as (
    select * from {{ ref('int_spc_inspection') }}
),

characteristics as (
    select
        *,
        chart in ('p', 'np', 'c', 'u') as is_counted
    from {{ ref('stg_registry__characteristics') }}
),

-- What a chart needs of a record; one that lacks it belongs to no group.
usable as (
    select
        inspections.*,
        characteristics.chart,
        characteristics.is_counted,
        characteristics.subgroup_by,
        characteristics.subgroup_size
    from inspections
    inner join characteristics
        on
            inspections.characteristic_id = characteristics.characteristic_id
            and inspections.version = characteristics.version
    where
        case
            when characteristics.chart in ('p', 'np')
                then inspections.inspected > 0 and inspections.nonconforming is not null
            when characteristics.chart = 'c' then inspections.defects is not null
            when characteristics.chart = 'u' then inspections.inspected > 0 and inspections.defects is not null
            else inspections.value is not null
        end
),

placed as (
    select
        *,
        row_number() over (
            partition by characteristic_id, version, basis, event_date, run_ref
            order by observed_at, value, event_id, part
        ) - 1 as place
    from usable
),

keyed as (
    select
        *,
        case
            when subgroup_by = 'sample' then sample::varchar
            when subgroup_by = 'run' then run_ref
            when subgroup_by = 'day' then {{ local_day('observed_at') }}::varchar
            when is_counted then event_id || '/' || part
            else concat_ws('/', event_date, run_ref, place // subgroup_size)
        end as group_key
    from placed
),

charted as (
    select
        *,
        min(value) over (partition by characteristic_id, version, basis, group_key) as lowest
    from keyed
    where group_key is not null
),

final as (
    select
        charted.characteristic_id,
        charted.version,
        charted.basis,
        charted.group_key,
        min(charted.observed_at) as started_at,
        max(charted.observed_at) as ended_at,
        sum(charted.inspected)::decimal(18, 3) as inspected,
        sum(charted.nonconforming)::decimal(18, 3) as nonconforming,
        sum(charted.defects)::bigint as defects,
        {{ group_of_values('charted', 'characteristics') }}
    from charted
    inner join characteristics
        on
            charted.characteristic_id = characteristics.characteristic_id
            and charted.version = characteristics.version
    group by charted.characteristic_id, charted.version, charted.basis, charted.group_key
    having
        max(charted.subgroup_by) <> 'consecutive' or bool_or(charted.is_counted)
        or count(*) = max(characteristics.subgroup_size)
)

select * from final
