with points as (
    select * from {{ ref('int_spc_point') }}
),

limits as (
    select * from {{ ref('met_control_limit') }}
),

statistics as (
    select * from {{ ref('int_spc_statistic') }}
),

constants as (
    select * from {{ ref('int_spc_constant') }}
),

characteristics as (
    select * from {{ ref('stg_registry__characteristics') }}
),

estimated as (
    select
        points.*,
        statistics.is_location,
        characteristics.run_length,
        characteristics.constants,
        limits.base,
        limits.sigma
    from points
    inner join characteristics
        on
            points.characteristic_id = characteristics.characteristic_id
            and points.version = characteristics.version
    inner join statistics
        on characteristics.chart = statistics.chart and points.statistic = statistics.statistic
    left join limits
        on
            points.characteristic_id = limits.characteristic_id
            and points.version = limits.version
            and points.statistic = limits.statistic
),

-- Groups of different size have each their own limits.
centered as (
    select
        estimated.*,
        {{ control_center('estimated.n') }} as center,
        {{ control_deviation('estimated.n') }} as deviation
    from estimated
    left join constants on estimated.n = constants.n and estimated.constants = constants.edition
),

limited as (
    select
        *,
        {{ lower_control_limit() }} as lcl,
        {{ upper_control_limit() }} as ucl,
        (value - center) / nullif(deviation, 0) as z,
        sign(value - center)::bigint as side
    from centered
),

-- A stretch of points on one side ends where the next lies on the other, or on the centre itself.
turned as (
    select
        *,
        (side is distinct from lag(side) over series)::int as turns
    from limited
    window series as (partition by characteristic_id, version, basis, statistic order by point)
),

stretched as (
    select
        *,
        sum(turns) over series as stretch,
        count(*) filter (where z > 2) over last_three as high_of_three,
        count(*) filter (where z < -2) over last_three as low_of_three,
        count(*) filter (where z > 1) over last_five as high_of_five,
        count(*) filter (where z < -1) over last_five as low_of_five
    from turned
    window
        series as (partition by characteristic_id, version, basis, statistic order by point),
        last_three as (
            partition by characteristic_id, version, basis, statistic
            order by point rows between 2 preceding and current row
        ),
        last_five as (
            partition by characteristic_id, version, basis, statistic
            order by point rows between 4 preceding and current row
        )
),

measured as (
    select
        *,
        case
            when side <> 0
                then count(*) over (
                    partition by characteristic_id, version, basis, statistic, stretch order by point
                )
            else 0
        end as one_side
    from stretched
),

-- Zones presuppose a symmetric statistic: of ranges, deviations and moving ranges only the limits are judged.
ruled as (
    select
        *,
        coalesce(value > ucl or value < lcl, false) as rule_1,
        is_location and coalesce((z > 2 and high_of_three >= 2) or (z < -2 and low_of_three >= 2), false) as rule_2,
        is_location and coalesce((z > 1 and high_of_five >= 4) or (z < -1 and low_of_five >= 4), false) as rule_3,
        is_location and coalesce(one_side >= run_length, false) as rule_4
    from measured
),

final as (
    select
        characteristic_id,
        version,
        basis,
        statistic,
        point,
        group_key,
        started_at,
        ended_at,
        excluded,
        n,
        value,
        center,
        lcl,
        ucl,
        z,
        one_side,
        rule_1,
        rule_2,
        rule_3,
        rule_4,
        case
            when center is null or deviation is null then 'no_limits'
            when rule_1 then 'beyond_limits'
            when rule_2 then 'two_of_three'
            when rule_3 then 'four_of_five'
            when rule_4 then 'one_side'
            else 'in_control'
        end as signal
    from ruled
)

select * from final
