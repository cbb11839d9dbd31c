with channel_groups as (
    select * from {{ ref('int_spc_channel_group') }}
),

inspection_groups as (
    select * from {{ ref('int_spc_inspection_group') }}
),

characteristics as (
    select * from {{ ref('stg_registry__characteristics') }}
),

runs as (
    select
        equipment_id,
        run_ref,
        max(product) as product
    from {{ ref('fct_run') }}
    where run_ref is not null
    group by equipment_id, run_ref
),

exclusions as (
    select * from {{ ref('stg_registry__excluded_groups') }}
),

-- What a channel measured is of the product of the run that it was measured in.
of_the_product as (
    select
        channel_groups.*,
        concat_ws(
            '/', channel_groups.event_date, channel_groups.run_ref, channel_groups.slot, channel_groups.number
        ) as group_key
    from channel_groups
    inner join characteristics
        on
            channel_groups.characteristic_id = characteristics.characteristic_id
            and channel_groups.version = characteristics.version
    left join runs
        on channel_groups.equipment_id = runs.equipment_id and channel_groups.run_ref = runs.run_ref
    where coalesce(characteristics.product = runs.product, characteristics.product is null)
),

grouped as (
    select
        * exclude (event_date, equipment_id, run_ref, slot, number),
        n::decimal(18, 3) as units,
        null as nonconforming,
        null as defects
    from of_the_product
    union all by name
    select
        * exclude (inspected),
        coalesce(inspected, n) as units
    from inspection_groups
),

judged as (
    select
        grouped.*,
        exists(
            select 1
            from exclusions
            where
                grouped.characteristic_id = exclusions.characteristic_id
                and grouped.version = exclusions.version
                and grouped.started_at between exclusions.since and exclusions.until
        ) as excluded
    from grouped
),

final as (
    select
        characteristic_id,
        version,
        basis,
        row_number() over (
            partition by characteristic_id, version, basis
            order by started_at, length(group_key), group_key
        ) as point,
        group_key,
        started_at,
        ended_at,
        excluded,
        n,
        units::decimal(18, 3) as units,
        total,
        lowest,
        highest,
        deviation_squares,
        nonconforming::decimal(18, 3) as nonconforming,
        defects::bigint as defects,
        below_lsl,
        above_usl
    from judged
    where basis = 'current' or not excluded
)

select * from final
