-- From the reference alone: days of the period, received by the instant up to which its data counts.
with characteristics as (
    select * from {{ ref('stg_registry__characteristics') }}
),

subgroups as (
    select * from {{ ref('int_spc_subgroup') }}
    where basis = 'reference'
),

points as (
    select * from {{ ref('int_spc_point') }}
    where basis = 'reference'
),

statistics as (
    select * from {{ ref('int_spc_statistic') }}
),

constants as (
    select * from {{ ref('int_spc_constant') }}
),

refreshes as (
    select * from {{ ref('stg_refresh') }}
),

sums as (
    select
        characteristic_id,
        version,
        count(*) as groups,
        sum(n)::bigint as observations,
        case when min(units) = max(units) then min(units) end as group_size,
        sum(units) as units,
        sum(total) as total,
        sum(nonconforming) as nonconforming,
        sum(defects) as defects
    from subgroups
    group by characteristic_id, version
),

-- Each group's own estimate without bias, all with the same weight: of equal groups this is R̄/d2, s̄/c4 or MR̄/d2.
spreads as (
    select
        points.characteristic_id,
        points.version,
        {{ exact_mean("points.value / case points.statistic when 's' then constants.c4 else constants.d2 end") }}
            as sigma
    from points
    inner join characteristics
        on
            points.characteristic_id = characteristics.characteristic_id
            and points.version = characteristics.version
    inner join constants on points.n = constants.n and characteristics.constants = constants.edition
    where points.statistic in ('r', 's', 'mr')
    group by points.characteristic_id, points.version
),

parameters as (
    select
        sums.*,
        characteristics.chart,
        characteristics.constants,
        characteristics.reference_known_at,
        spreads.sigma as spread,
        case
            when characteristics.chart in ('p', 'np') then {{ ratio('sums.nonconforming', 'sums.units') }}
            when characteristics.chart = 'c' then sums.defects::double / sums.groups
            when characteristics.chart = 'u' then {{ ratio('sums.defects', 'sums.units') }}
            else {{ ratio('sums.total', 'sums.observations') }}
        end as base
    from sums
    inner join characteristics
        on
            sums.characteristic_id = characteristics.characteristic_id
            and sums.version = characteristics.version
    left join spreads
        on sums.characteristic_id = spreads.characteristic_id and sums.version = spreads.version
),

estimated as (
    select
        *,
        case
            when chart in ('p', 'np') then sqrt(base * (1 - base))
            when chart in ('c', 'u') then sqrt(base)
            else spread
        end as sigma,
        case chart
            when 'xbar_r' then 'R/d2'
            when 'xbar_s' then 's/c4'
            when 'i_mr' then 'MR/d2'
            when 'p' then 'binomial'
            when 'np' then 'binomial'
            else 'poisson'
        end as method
    from parameters
),

charted as (
    select
        estimated.*,
        statistics.statistic,
        case statistics.statistic when 'mr' then 2 else estimated.group_size end as n
    from estimated
    inner join statistics on estimated.chart = statistics.chart
),

centered as (
    select
        charted.*,
        {{ control_center('charted.n') }} as center,
        {{ control_deviation('charted.n') }} as deviation
    from charted
    left join constants on charted.n = constants.n and charted.constants = constants.edition
),

final as (
    select
        centered.characteristic_id,
        centered.version,
        centered.statistic,
        centered.method,
        centered.base,
        centered.sigma,
        centered.group_size,
        centered.center,
        centered.deviation,
        {{ lower_control_limit() }} as lcl,
        {{ upper_control_limit() }} as ucl,
        centered.groups,
        centered.observations,
        centered.reference_known_at as known_at,
        coalesce(refreshes.as_of >= centered.reference_known_at, false) as frozen
    from centered
    cross join refreshes
)

select * from final
