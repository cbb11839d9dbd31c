with indicators as (
    select * from {{ ref('stg_registry__indicators') }}
),

-- The code that an indicator is reported as today; what only looks like it stands in the table of codes.
codes as (
    select
        indicator_id,
        min(code) as code
    from {{ ref('stg_registry__indicator_codes') }}
    where code_list = '2021-2027' and relation = 'equal'
    group by indicator_id
),

counted as (
    select * from {{ ref('stg_counted') }}
),

-- The columns of the office's templates that somebody must fill in before it can be told.
needed as (
    select
        indicators.indicator_id,
        list_sort(
            list(distinct counted.stream || '.' || counted.column_name) filter (where counted.column_name is not null)
        ) as needed_columns
    from indicators
    inner join counted on list_contains(indicators.measured_of, counted.element)
    group by indicators.indicator_id
),

final as (
    select
        indicators.indicator_id,
        indicators.version,
        indicators.of_indicator,
        indicators.goal_id,
        indicators.step_id,
        indicators.name_sv,
        indicators.name_en,
        indicators.formula_sv,
        indicators.formula_en,
        indicators.unit,
        indicators.direction,
        indicators.type,
        indicators.kind,
        codes.code,
        indicators.how,
        indicators.over,
        indicators.measured_of,
        indicators.streams,
        coalesce(needed.needed_columns, []) as needed_columns,
        indicators.source_sv,
        indicators.source_en,
        indicators.scopes,
        indicators.n_unit_sv,
        indicators.n_unit_en,
        indicators.n_min,
        indicators.coverage_min,
        indicators.stands_on,
        indicators.protects,
        indicators.value_max,
        indicators.data_coverage_min,
        indicators.data_max_age_days,
        indicators.notes_sv,
        indicators.notes_en,
        indicators.place
    from indicators
    left join codes on indicators.indicator_id = codes.indicator_id
    left join needed on indicators.indicator_id = needed.indicator_id
)

select * from final
