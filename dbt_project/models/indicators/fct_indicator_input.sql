select
    indicator_id,
    scope_type,
    scope_id,
    period_start,
    input_kind,
    input_id,
    numerator::double as numerator,
    denominator::double as denominator,
    included,
    reason
from {{ ref('int_indicator_input') }}
