with characteristics as (
    select * from {{ ref('stg_registry__characteristics') }}
    where chart in ('xbar_r', 'xbar_s', 'i_mr')
),

limits as (
    select
        characteristic_id,
        version,
        base as mean,
        sigma as sigma_within
    from {{ ref('met_control_limit') }}
    where statistic in ('xbar', 'x')
),

subgroups as (
    select * from {{ ref('int_spc_subgroup') }}
    where basis = 'reference'
),

signals as (
    select
        characteristic_id,
        version,
        count(*) filter (where signal not in ('in_control', 'no_limits')) as signals,
        count(*) filter (where signal = 'no_limits') as unjudged
    from {{ ref('int_spc_signal') }}
    where basis = 'reference'
    group by characteristic_id, version
),

-- All values about their common mean: within the groups, and the groups about it.
spread as (
    select
        subgroups.characteristic_id,
        subgroups.version,
        sum(subgroups.n)::bigint as n,
        sum(subgroups.below_lsl)::bigint as below_lsl,
        sum(subgroups.above_usl)::bigint as above_usl,
        sqrt(
            sum(
                (
                    subgroups.deviation_squares
                    + subgroups.n * power(subgroups.total::double / subgroups.n - limits.mean, 2)
                )::decimal(38, 18)
            )::double / nullif(sum(subgroups.n) - 1, 0)
        ) as sigma_overall
    from subgroups
    inner join limits
        on subgroups.characteristic_id = limits.characteristic_id and subgroups.version = limits.version
    group by subgroups.characteristic_id, subgroups.version
),

-- A group that is too small or too large for the constants has no limits: nobody can say whether it was in control.
gathered as (
    select
        characteristics.characteristic_id,
        characteristics.version,
        characteristics.lsl,
        characteristics.usl,
        coalesce(characteristics.target, (characteristics.lsl + characteristics.usl) / 2) as target,
        characteristics.n_min,
        coalesce(spread.n, 0) as n,
        limits.mean,
        limits.sigma_within,
        spread.sigma_overall,
        spread.below_lsl,
        spread.above_usl,
        case
            when characteristics.lsl is null and characteristics.usl is null then 'no_specification'
            when spread.n is null then 'no_reference'
            when spread.n < characteristics.n_min then 'too_few'
            when signals.signals > 0 then 'not_in_control'
            when signals.unjudged > 0 or limits.sigma_within is null then 'group_size'
            when limits.sigma_within = 0 then 'no_variation'
        end as reason
    from characteristics
    left join limits
        on
            characteristics.characteristic_id = limits.characteristic_id
            and characteristics.version = limits.version
    left join spread
        on
            characteristics.characteristic_id = spread.characteristic_id
            and characteristics.version = spread.version
    left join signals
        on
            characteristics.characteristic_id = signals.characteristic_id
            and characteristics.version = signals.version
),

-- No index at all of what cannot be assessed: its sigmas are empty here.
assessed as (
    select
        *,
        case when reason is null then sigma_within end as assessed_within,
        case when reason is null then sigma_overall end as assessed_overall
    from gathered
),

final as (
    select
        characteristic_id,
        version,
        n,
        mean,
        sigma_within,
        sigma_overall,
        lsl,
        usl,
        target,
        below_lsl,
        above_usl,
        (usl - lsl) / (6 * assessed_within) as cp,
        (mean - lsl) / (3 * assessed_within) as cp_lower,
        (usl - mean) / (3 * assessed_within) as cp_upper,
        least((mean - lsl) / (3 * assessed_within), (usl - mean) / (3 * assessed_within)) as cpk,
        (usl - lsl) / (6 * sqrt(power(assessed_within, 2) + power(mean - target, 2))) as cpm,
        (usl - lsl) / (6 * assessed_overall) as pp,
        least((mean - lsl) / (3 * assessed_overall), (usl - mean) / (3 * assessed_overall)) as ppk,
        (usl - lsl) / (6 * sqrt(power(assessed_overall, 2) + power(mean - target, 2))) as cpm_overall,
        reason is null as assessable,
        reason
    from assessed
)

select * from final
