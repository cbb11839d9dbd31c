-- Every value that is asked for: indicator × scope × month, in the months in which the scope exists.
with indicators as (
    select
        indicator_id,
        version,
        type,
        unit,
        n_min,
        coverage_min,
        stands_on,
        data_coverage_min,
        data_max_age_days,
        unnest(scopes) as scope_type
    from {{ ref('dim_indicator') }}
),

scopes as (
    select * from {{ ref('int_scope') }}
),

periods as (
    select * from {{ ref('int_period') }}
),

final as (
    select
        indicators.indicator_id,
        indicators.version as indicator_version,
        indicators.type,
        indicators.unit,
        indicators.n_min,
        indicators.coverage_min,
        indicators.stands_on,
        indicators.data_coverage_min,
        indicators.data_max_age_days,
        scopes.scope_type,
        scopes.scope_id,
        periods.period_start,
        periods.period_end,
        periods.ends_at,
        periods.is_open,
        periods.as_of
    from indicators
    inner join scopes on indicators.scope_type = scopes.scope_type
    inner join periods on periods.period_start <= scopes.valid_to and scopes.valid_from <= periods.period_end
)

select * from final
