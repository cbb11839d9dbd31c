-- What is left out because the value stands on too few says neither what it would add nor whether it would count.
with inputs as (
    select * from {{ ref('int_indicator_input') }}
),

suppressed as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        n is null as is_suppressed
    from {{ ref('fct_indicator_value') }}
),

final as (
    select
        inputs.indicator_id,
        inputs.scope_type,
        inputs.scope_id,
        inputs.period_start,
        inputs.input_kind,
        inputs.input_id,
        case when not suppressed.is_suppressed then inputs.numerator end::double as numerator,
        case when not suppressed.is_suppressed then inputs.denominator end::double as denominator,
        inputs.included and not suppressed.is_suppressed as included,
        case when suppressed.is_suppressed then 'suppressed' else inputs.reason end as reason
    from inputs
    inner join suppressed
        on
            inputs.indicator_id = suppressed.indicator_id
            and inputs.scope_type = suppressed.scope_type
            and inputs.scope_id = suppressed.scope_id
            and inputs.period_start = suppressed.period_start
)

select * from final
