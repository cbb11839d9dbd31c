-- Inputs of G1.1a: each participation that is a knowledge activity; the first of an organisation counts, later ones
-- repeat it.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G1.1a'
),

final as (
    {{ first_participations("activity_kind = 'knowledge'") }}
)

select * from final
