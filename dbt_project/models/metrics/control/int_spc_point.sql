with subgroups as (
    select * from {{ ref('int_spc_subgroup') }}
),

characteristics as (
    select * from {{ ref('stg_registry__characteristics') }}
),

statistics as (
    select * from {{ ref('int_spc_statistic') }}
),

located as (
    select
        subgroups.*,
        characteristics.chart,
        subgroups.total::double / subgroups.n as mean,
        lag(subgroups.total) over (
            partition by subgroups.characteristic_id, subgroups.version, subgroups.basis
            order by subgroups.point
        ) as total_before
    from subgroups
    inner join characteristics
        on
            subgroups.characteristic_id = characteristics.characteristic_id
            and subgroups.version = characteristics.version
),

valued as (
    select
        located.characteristic_id,
        located.version,
        located.basis,
        statistics.statistic,
        located.point,
        located.group_key,
        located.started_at,
        located.ended_at,
        located.excluded,
        case
            when statistics.statistic in ('p', 'np', 'c', 'u') then located.units
            when statistics.statistic = 'mr' then 2
            else located.n
        end::decimal(18, 3) as n,
        case statistics.statistic
            when 'xbar' then located.mean
            when 'x' then located.mean
            when 'r' then case when located.n > 1 then (located.highest - located.lowest)::double end
            when 'mr' then abs(located.total - located.total_before)::double
            when 's' then sqrt(located.deviation_squares / nullif(located.n - 1, 0))
            when 'p' then {{ ratio('located.nonconforming', 'located.units') }}
            when 'np' then located.nonconforming::double
            when 'c' then located.defects::double
            when 'u' then {{ ratio('located.defects', 'located.units') }}
        end as value
    from located
    inner join statistics on located.chart = statistics.chart
),

final as (
    select * from valued
    where value is not null
)

select * from final
