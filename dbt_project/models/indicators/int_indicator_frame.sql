-- Every value that is asked for: indicator × scope × month, in the months in which the scope exists. What records count
-- is asked for the programme, and for other scopes once a record names them.
with indicators as (
    select
        indicator_id,
        version,
        type,
        unit,
        case when unit = '%' then 100 else 1 end as scale,
        how,
        over,
        measured_of,
        protects,
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

named as (
    select distinct
        element,
        scope_type,
        scope_id
    from {{ ref('int_scope_counted') }}
),

asked as (
    select distinct
        indicators.indicator_id,
        named.scope_type,
        named.scope_id
    from indicators
    inner join named
        on indicators.scope_type = named.scope_type and list_contains(indicators.measured_of, named.element)
),

final as (
    select
        indicators.indicator_id,
        indicators.version as indicator_version,
        indicators.type,
        indicators.unit,
        indicators.scale,
        indicators.how,
        indicators.over,
        indicators.measured_of,
        indicators.protects,
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
    left join asked
        on
            indicators.indicator_id = asked.indicator_id
            and scopes.scope_type = asked.scope_type
            and scopes.scope_id = asked.scope_id
    where
        indicators.how in ('own', 'metric')
        or scopes.scope_type = 'programme'
        or asked.indicator_id is not null
)

select * from final
