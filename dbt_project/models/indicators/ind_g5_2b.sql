-- Inputs of G5.2b: each indicator, and whether machines or external statistics tell it rather than those who are
-- measured.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G5.2b'
),

indicators as (
    select
        indicator_id as input_id,
        stands_on in ('machines', 'planned_time') or list_contains(streams, 'statistic') as is_external
    from {{ ref('dim_indicator') }}
    where of_indicator is null
),

final as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        'indicator' as input_kind,
        indicators.input_id,
        indicators.is_external::int::decimal(28, 6) as numerator,
        1::decimal(28, 6) as denominator,
        1::bigint as n,
        true as included,
        case when not indicators.is_external then 'own_statement' end as reason,
        frame.as_of as input_at,
        null::boolean as failed
    from frame
    cross join indicators
)

select * from final
